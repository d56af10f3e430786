import type { Mutant } from '../mutant.ts'
import { billingMoney } from './money/billing.ts'
import { catalogAdminMoney } from './money/catalog-admin.ts'
import { checkoutMoney } from './money/checkout.ts'
import { dbMoney } from './money/db.ts'
import { paymentsMoney } from './money/payments.ts'
import { stripeMoney } from './money/stripe.ts'

/** Rules of money, each killed by a test of its own package. */
export const money: readonly Mutant[] = [
  ...billingMoney,
  ...catalogAdminMoney,
  ...checkoutMoney,
  ...dbMoney,
  ...paymentsMoney,
  ...stripeMoney,
]
