import { amountOf } from '../catalog/amounts.ts'
import type { Emulation } from '../core/emulation.ts'
import type { InvoiceLineOrder } from '../core/invoice-line-order.ts'
import type { Price, Subscription, SubscriptionItem } from '../core/wire.ts'

/** What an item costs for a whole period. */
export interface ItemTerms {
  readonly price: Price
  readonly quantity: number
}

/**
 * The lines of a change within a period: what is given back of the old terms (`null`: the item is new), and what is due of the new ones (`null`: it is gone), each
 * for the rest of the period by the second. Classic and flexible billing are alike here: prices, not amounts after discounts.
 */
export function prorationLines(
  emulation: Emulation,
  subscription: Subscription,
  item: SubscriptionItem,
  before: ItemTerms | null,
  after: ItemTerms | null,
): InvoiceLineOrder[] {
  const now = emulation.clock.now()
  const period = { start: now, end: item.current_period_end }
  const share = (item.current_period_end - now) / (item.current_period_end - item.current_period_start)
  const line = (kind: 'debit' | 'credit', { price, quantity }: ItemTerms): InvoiceLineOrder => {
    const full = amountOf(price, emulation.store.priceTiers.get(price.id), quantity)
    const name = emulation.store.products.get(price.product)?.name ?? ''
    const amount = Math.round(full * share)
    return {
      amount: kind === 'credit' ? -amount : amount,
      discount: 0,
      description: kind === 'credit' ? `Unused time on ${quantity} × ${name}` : `Remaining time on ${quantity} × ${name}`,
      price: price.id,
      product: price.product,
      unitAmountDecimal: price.unit_amount_decimal,
      quantity,
      period,
      subscriptionItem: item.id,
      metadata: { ...subscription.metadata },
      proration: kind,
    }
  }
  return [...(before === null ? [] : [line('credit', before)]), ...(after === null ? [] : [line('debit', after)])]
}

/** Lines that a change left for the next invoice; taken once. */
export function takePendingProrations(emulation: Emulation, subscription: Subscription): InvoiceLineOrder[] {
  const pending = emulation.store.pendingProrations.get(subscription.id) ?? []
  emulation.store.pendingProrations.delete(subscription.id)
  return pending
}
