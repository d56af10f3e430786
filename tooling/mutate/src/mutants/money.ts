import type { Mutant } from '../mutant.ts'
import { billingMoney } from './money/billing.ts'
import { catalogMoney } from './money/catalog.ts'
import { catalogAdminMoney } from './money/catalog-admin.ts'
import { checkoutMoney } from './money/checkout.ts'
import { dbMoney } from './money/db.ts'
import { licensingMoney } from './money/licensing.ts'
import { paymentsMoney } from './money/payments.ts'
import { signingMoney } from './money/signing.ts'
import { stripeMoney } from './money/stripe.ts'
import { termsMoney } from './money/terms.ts'

/** Rules of money, each killed by a test of its own package. */
export const money: readonly Mutant[] = [
  ...billingMoney,
  ...catalogMoney,
  ...catalogAdminMoney,
  ...checkoutMoney,
  ...dbMoney,
  ...licensingMoney,
  ...paymentsMoney,
  ...signingMoney,
  ...stripeMoney,
  ...termsMoney,
]
