import type Stripe from 'stripe'
import { existingPrice } from '../checkout/line-items.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import { invalidRequest, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Price, Subscription, SubscriptionItem, Wire } from '../core/wire.ts'
import { buildPrice } from '../resources/prices.ts'
import { emit } from '../webhooks/emit.ts'
import { addInvoice, type InvoiceLineOrder } from './invoice.ts'
import { addInterval } from './period.ts'
import { prorationLines, takePendingProrations } from './prorations.ts'
import { chargeRenewal } from './renew-subscription.ts'
import { planOf } from './subscription.ts'
import { subscriptionLines } from './subscription-lines.ts'

type ItemChange = Wire<Stripe.SubscriptionUpdateParams.Item>

/**
 * Gives a subscription's items other prices or quantities. A price with another interval starts a new period now.
 *
 * @returns the lines that the change makes: credits and debits for the rest of the period, none when nothing changed
 * @throws StripeError for items and prices that cannot be
 */
export function changeItems(
  emulation: Emulation,
  subscription: Subscription,
  changes: readonly ItemChange[],
): InvoiceLineOrder[] {
  return changes.flatMap((change, index) => {
    const path = `items[${index}]`
    refuseUnsupported(change, ['id', 'price', 'price_data', 'quantity', 'metadata'], path)
    const item = subscription.items.data.find(({ id }) => id === change.id)
    if (item === undefined) {
      if (change.id === undefined)
        throw invalidRequest(
          'The emulator only changes items that are there: give their id.',
          `${path}[id]`,
          'emulator_unsupported',
        )
      throw noSuchParameter('subscription_item', change.id, `${path}[id]`)
    }
    return changeItem(emulation, subscription, item, change, path)
  })
}

function changeItem(
  emulation: Emulation,
  subscription: Subscription,
  item: SubscriptionItem,
  change: ItemChange,
  path: string,
): InvoiceLineOrder[] {
  const before = { price: item.price, quantity: item.quantity ?? 1 }
  const after = { price: priceOf(emulation, change, path) ?? item.price, quantity: change.quantity ?? before.quantity }
  if (after.price.recurring === null) throw invalidRequest('The price specified is set to `type=one_time`.', `${path}[price]`)
  if (after.price.id === before.price.id && after.quantity === before.quantity) return []
  const lines = prorationLines(emulation, subscription, item, before, after)
  item.price = after.price
  item.plan = planOf(after.price)
  item.quantity = after.quantity
  if (sameInterval(before.price, after.price)) return subscription.status === 'trialing' ? [] : lines
  startPeriodNow(emulation, subscription, item)
  const [credit] = lines
  const full = subscriptionLines(emulation, subscription, { trial: false, coupon: undefined })
  return [...(credit === undefined ? [] : [credit]), ...full]
}

function priceOf(emulation: Emulation, change: ItemChange, path: string): Price | undefined {
  if (change.price !== undefined) return existingPrice(emulation, change.price, `${path}[price]`)
  if (change.price_data === undefined) return undefined
  const { product, ...amounts } = change.price_data
  if (emulation.store.products.get(product) === undefined)
    throw noSuchParameter('product', product, `${path}[price_data][product]`)
  const price = emulation.store.prices.add(buildPrice(emulation, { ...amounts, active: false }, product))
  emulation.store.inlinePrices.add(price.id)
  return price
}

function sameInterval(one: Price, other: Price): boolean {
  return (
    one.recurring?.interval === other.recurring?.interval && one.recurring?.interval_count === other.recurring?.interval_count
  )
}

function startPeriodNow(emulation: Emulation, subscription: Subscription, item: SubscriptionItem): void {
  const { interval = 'month', interval_count: count = 1 } = item.price.recurring ?? {}
  item.current_period_start = emulation.clock.now()
  item.current_period_end = addInterval(item.current_period_start, interval, count)
  subscription.billing_cycle_anchor = item.current_period_start
}

/**
 * Bills what a change made: at once as a `subscription_update` invoice (`always_invoice`, and always when a new period began), with the next invoice
 * (`create_prorations`, the default), or not at all (`none`).
 */
export function billChange(
  emulation: Emulation,
  subscription: Subscription,
  lines: readonly InvoiceLineOrder[],
  behavior: string,
): void {
  const newPeriod = lines.some((line) => line.proration === undefined)
  const billed = behavior === 'none' ? lines.filter((line) => line.proration === undefined) : lines
  if (billed.length === 0) return
  if (behavior !== 'always_invoice' && !newPeriod) {
    emulation.store.pendingProrations.set(subscription.id, [...takePendingProrations(emulation, subscription), ...billed])
    return
  }
  const invoice = addInvoice(emulation, {
    reason: 'subscription_update',
    currency: subscription.currency,
    customer: emulation.store.customers.get(subscription.customer) ?? null,
    email: null,
    subscription,
    lines: [...takePendingProrations(emulation, subscription), ...billed],
    discount: null,
    metadata: {},
    automaticTax: subscription.automatic_tax.enabled,
  })
  subscription.latest_invoice = invoice.id
  emit(emulation, byItself, 'invoice.created', invoice)
  chargeRenewal(emulation, subscription, invoice)
}
