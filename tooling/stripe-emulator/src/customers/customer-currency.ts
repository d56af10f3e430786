import type { Emulation } from '../core/emulation.ts'
import { invalidRequest } from '../core/stripe-error.ts'

/** A customer's running subscriptions share one currency. @throws StripeError 400 */
export function checkCustomerCurrency(emulation: Emulation, customer: string | undefined, currency: string): void {
  const other = emulation.store.subscriptions
    .newestFirst()
    .find(
      (one) => one.customer === customer && !['canceled', 'incomplete_expired'].includes(one.status) && one.currency !== currency,
    )
  if (other !== undefined)
    throw invalidRequest(
      `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${other.currency}`,
    )
}
