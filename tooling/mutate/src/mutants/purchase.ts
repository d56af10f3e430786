import type { Mutant } from '../mutant.ts'
import { noLongerSold } from './purchase/no-longer-sold.ts'

export const purchase: readonly Mutant[] = [...noLongerSold]
