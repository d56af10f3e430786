import type { Emulation } from '../core/emulation.ts'
import type { InvoiceLineOrder } from '../core/invoice-line-order.ts'
import type { Invoice, Subscription } from '../core/wire.ts'
import { renewalCoupon } from './discount.ts'
import { buildInvoice } from './invoice.ts'
import { beginNextPeriod } from './period.ts'
import { subscriptionLines } from './subscription-lines.ts'

/**
 * An invoice that does not exist yet: nothing is kept, nothing is sent.
 *
 * @param changes  lines of a change that is tried out
 * @param options.next  the next period's lines too, and what waits for its invoice
 */
export function previewInvoice(
  emulation: Emulation,
  subscription: Subscription,
  changes: readonly InvoiceLineOrder[],
  options: { next: boolean },
): Invoice {
  const applied = renewalCoupon(emulation, subscription.discounts[0])
  const waiting = emulation.store.pendingProrations.get(subscription.id) ?? []
  const next = options.next
    ? [...waiting, ...subscriptionLines(emulation, inNextPeriod(subscription), { trial: false, coupon: applied?.coupon })]
    : []
  const order = {
    reason: 'upcoming',
    currency: subscription.currency,
    customer: emulation.store.customers.get(subscription.customer) ?? null,
    email: null,
    subscription,
    lines: [...changes, ...next],
    discount: options.next ? (applied?.discount ?? null) : null,
    metadata: {},
    automaticTax: subscription.automatic_tax.enabled,
  } as const
  return buildInvoice(emulation, order, emulation.ids.next('upcoming_in_')).invoice
}

function inNextPeriod(subscription: Subscription): Subscription {
  const next = structuredClone(subscription)
  for (const item of next.items.data) beginNextPeriod(item)
  return next
}
