import type { Mutant } from '../mutant.ts'
import { firstPurchase } from './purchase/first-purchase.ts'
import { inDoubt } from './purchase/in-doubt.ts'
import { moneyBackAndTrials } from './purchase/money-back.ts'
import { neverIgnored } from './purchase/never-ignored.ts'
import { noLongerSold } from './purchase/no-longer-sold.ts'
import { presentState } from './purchase/present-state.ts'

export const purchase: readonly Mutant[] = [
  ...noLongerSold,
  ...firstPurchase,
  ...inDoubt,
  ...neverIgnored,
  ...presentState,
  ...moneyBackAndTrials,
]
