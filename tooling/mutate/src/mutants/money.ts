import type { Mutant } from '../mutant.ts'
import { catalogMoney } from './money/catalog.ts'
import { licensingMoney } from './money/licensing.ts'
import { signingMoney } from './money/signing.ts'
import { termsMoney } from './money/terms.ts'

/** Rules of money, each killed by a test of its own package. */
export const money: readonly Mutant[] = [...catalogMoney, ...licensingMoney, ...signingMoney, ...termsMoney]
