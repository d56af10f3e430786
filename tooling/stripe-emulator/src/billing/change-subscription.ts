import type Stripe from 'stripe'
import { buildPrice } from '../catalog/build-price.ts'
import { existingPrice } from '../catalog/line-items.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import type { InvoiceLineOrder } from '../core/invoice-line-order.ts'
import { invalidRequest, missingParameter, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Invoice, Price, Subscription, SubscriptionItem, Wire } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { addInvoice } from './invoice.ts'
import { beginNextPeriod } from './period.ts'
import { prorationLines, takePendingProrations } from './prorations.ts'
import { chargeRenewal } from './renew-subscription.ts'
import { buildItem, planOf } from './subscription.ts'
import { subscriptionLines } from './subscription-lines.ts'

type ItemChange = Wire<Stripe.SubscriptionUpdateParams.Item>

/**
 * Gives a subscription's items other prices or quantities, adds items (no `id`), and takes items away (`deleted`). A price with another interval starts a new period now.
 * What counts is the whole: an item may be named as deleted before the one that takes its place.
 *
 * @returns the lines that the change makes: credits and debits for the rest of the period, none when nothing changed
 * @throws StripeError for items and prices that cannot be
 */
export function changeItems(
  emulation: Emulation,
  subscription: Subscription,
  changes: readonly ItemChange[],
): InvoiceLineOrder[] {
  const gone = new Set(changes.flatMap(({ id, deleted }) => (id !== undefined && deleted === true ? [id] : [])))
  const lines: InvoiceLineOrder[][] = []
  const indexed = changes.map((change, index) => ({ change, index }))
  for (const { change, index } of indexed.toSorted((one, other) => rank(one.change) - rank(other.change)))
    lines[index] = applyChange(change, `items[${index}]`)
  return lines.flat()

  function applyChange(change: ItemChange, path: string): InvoiceLineOrder[] {
    refuseUnsupported(change, ['id', 'price', 'price_data', 'quantity', 'metadata', 'deleted'], path)
    if (change.id === undefined) return addItem(emulation, subscription, change, path, gone)
    const item = subscription.items.data.find(({ id }) => id === change.id)
    if (item === undefined) throw noSuchParameter('subscription_item', change.id, `${path}[id]`)
    if (change.deleted === true) return removeItem(emulation, subscription, item)
    return changeItem(emulation, subscription, item, change, path)
  }
}

function rank({ deleted }: ItemChange): number {
  return deleted === true ? 1 : 0
}

/** @param gone  items that the same change takes away */
function addItem(
  emulation: Emulation,
  subscription: Subscription,
  change: ItemChange,
  path: string,
  gone: ReadonlySet<string>,
): InvoiceLineOrder[] {
  const price = priceOf(emulation, change, path)
  if (price === undefined) throw missingParameter(`${path}[price]`)
  const [other] = subscription.items.data
  if (price.recurring === null) throw invalidRequest('The price specified is set to `type=one_time`.', `${path}[price]`)
  if (other === undefined || !sameInterval(other.price, price))
    throw invalidRequest('The emulator only adds prices of the same interval.', `${path}[price]`, 'emulator_unsupported')
  if (subscription.items.data.some((item) => item.price.id === price.id && !gone.has(item.id)))
    throw invalidRequest('Cannot add multiple subscription items with the same price.', `${path}[price]`)
  const item = buildItem(emulation, subscription.id, { price, quantity: change.quantity ?? 1 }, other)
  subscription.items.data.push(item)
  return duringTrial(subscription)
    ? []
    : prorationLines(emulation, subscription, item, null, { price, quantity: item.quantity ?? 1 })
}

function removeItem(emulation: Emulation, subscription: Subscription, item: SubscriptionItem): InvoiceLineOrder[] {
  if (subscription.items.data.length === 1) throw invalidRequest('A subscription must have at least one active plan.', 'items')
  subscription.items.data.splice(subscription.items.data.indexOf(item), 1)
  const before = { price: item.price, quantity: item.quantity ?? 1 }
  return duringTrial(subscription) ? [] : prorationLines(emulation, subscription, item, before, null)
}

function duringTrial({ status }: Subscription): boolean {
  return status === 'trialing'
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
  if (sameInterval(before.price, after.price)) return duringTrial(subscription) ? [] : lines
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

/** A new period from now on, and with it the day on which later ones begin. */
export function startPeriodNow(emulation: Emulation, subscription: Subscription, item: SubscriptionItem): void {
  beginNextPeriod(item, emulation.clock.now())
  subscription.billing_cycle_anchor = item.current_period_start
}

/**
 * Bills what a change made: at once as a `subscription_update` invoice (`always_invoice`, and always when a new period began), with the next invoice
 * (`create_prorations`, the default), or not at all (`none`).
 *
 * @returns the invoice that was made at once, if one was
 */
export function billChange(
  emulation: Emulation,
  subscription: Subscription,
  lines: readonly InvoiceLineOrder[],
  behavior: string,
): Invoice | null {
  const newPeriod = lines.some((line) => line.proration === undefined)
  const billed = behavior === 'none' ? lines.filter((line) => line.proration === undefined) : lines
  if (billed.length === 0) return null
  const waiting = takePendingProrations(emulation, subscription)
  emulation.store.pendingProrations.set(subscription.id, [...waiting, ...billed])
  return behavior === 'always_invoice' || newPeriod ? billPending(emulation, subscription) : null
}

/** Puts what waits for the next invoice on one of its own, now. */
export function billPending(emulation: Emulation, subscription: Subscription): Invoice | null {
  const lines = takePendingProrations(emulation, subscription)
  if (lines.length === 0) return null
  const invoice = addInvoice(emulation, {
    reason: 'subscription_update',
    currency: subscription.currency,
    customer: emulation.store.customers.get(subscription.customer) ?? null,
    email: null,
    subscription,
    lines,
    discount: null,
    metadata: {},
    automaticTax: subscription.automatic_tax.enabled,
  })
  subscription.latest_invoice = invoice.id
  emit(emulation, byItself, 'invoice.created', invoice)
  chargeRenewal(emulation, subscription, invoice)
  return invoice
}

/** What is given back of the running period when a subscription is canceled at once and the caller asks for it. */
export function creditUnusedTime(emulation: Emulation, subscription: Subscription): void {
  const credits = subscription.items.data.flatMap((item) => {
    const before = { price: item.price, quantity: item.quantity ?? 1 }
    return prorationLines(emulation, subscription, item, before, null)
  })
  emulation.store.pendingProrations.set(subscription.id, [...takePendingProrations(emulation, subscription), ...credits])
}
