import { amountOf, discountsOf } from '../catalog/amounts.ts'
import type { Emulation } from '../core/emulation.ts'
import type { InvoiceLineOrder } from '../core/invoice-line-order.ts'
import type { Coupon, LineItem, Subscription, SubscriptionItem } from '../core/wire.ts'

/**
 * The lines of a subscription's invoice: one per item for the period its fields name, then what was bought once with it.
 *
 * @param trial  the period is free: every item's line is over nothing
 */
export function subscriptionLines(
  emulation: Emulation,
  subscription: Subscription,
  options: { trial: boolean; coupon: Coupon | undefined; once?: readonly LineItem[] },
): InvoiceLineOrder[] {
  const now = emulation.clock.now()
  const recurring = subscription.items.data.map((item) => recurringLine(emulation, subscription, item, options.trial))
  const once = (options.once ?? []).map(
    (line): InvoiceLineOrder => ({
      amount: line.amount_subtotal,
      discount: 0,
      description: line.description,
      price: line.price?.id ?? '',
      product: line.price?.product ?? '',
      unitAmountDecimal: line.price?.unit_amount_decimal ?? null,
      quantity: line.quantity,
      period: { start: now, end: now },
      subscriptionItem: null,
      metadata: {},
    }),
  )
  const lines = [...recurring, ...once]
  const products = options.coupon && emulation.store.couponProducts.get(options.coupon.id)
  const discounts = discountsOf(options.coupon, products, lines)
  return lines.map((line, index) => ({ ...line, discount: discounts[index] ?? 0 }))
}

function recurringLine(
  emulation: Emulation,
  subscription: Subscription,
  item: SubscriptionItem,
  trial: boolean,
): InvoiceLineOrder {
  const { price } = item
  const quantity = item.quantity ?? null
  const name = emulation.store.products.get(price.product)?.name ?? ''
  const amount = trial ? 0 : amountOf(price, emulation.store.priceTiers.get(price.id), quantity ?? 0)
  return {
    amount,
    discount: 0,
    description: trial ? `Trial period for ${name}` : `${quantity ?? 0} × ${name}`,
    price: price.id,
    product: price.product,
    unitAmountDecimal: trial ? '0' : price.unit_amount_decimal,
    quantity,
    period: { start: item.current_period_start, end: item.current_period_end },
    subscriptionItem: item.id,
    metadata: { ...subscription.metadata },
  }
}
