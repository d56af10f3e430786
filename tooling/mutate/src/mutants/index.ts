import type { Mutant } from '../mutant.ts'
import { access } from './access.ts'
import { bounds } from './bounds.ts'
import { catalog } from './catalog.ts'
import { money } from './money.ts'
import { operating } from './operating.ts'
import { purchase } from './purchase.ts'

export const lists: Readonly<Record<string, readonly Mutant[]>> = { access, bounds, catalog, money, operating, purchase }
