import type { Mutant } from '../mutant.ts'
import { adoption } from './catalog/adoption.ts'
import { bundles } from './catalog/bundles.ts'
import { emulatorLimits } from './catalog/emulator-limits.ts'
import { givenPrices } from './catalog/given-prices.ts'
import { races } from './catalog/races.ts'
import { refusedByStripe } from './catalog/refused-by-stripe.ts'
import { revocationsAndOutput } from './catalog/revocations-and-output.ts'
import { ruleBook } from './catalog/rule-book.ts'
import { warnings } from './catalog/warnings.ts'

export const catalog: readonly Mutant[] = [
  ...ruleBook,
  ...bundles,
  ...givenPrices,
  ...races,
  ...adoption,
  ...refusedByStripe,
  ...emulatorLimits,
  ...warnings,
  ...revocationsAndOutput,
]
