import { pinnedVersion } from '../core/api-version.ts'
import { isList } from '../core/list.ts'
import type { Store } from '../core/store.ts'
import type { JsonObject, StoredEvent } from '../core/wire.ts'

/** An event as an endpoint on `version` gets it: the pinned snapshot, its fields moved back to where that version had them. */
export function renderEvent(store: Store, event: StoredEvent, version: string | null): JsonObject {
  if (version === null || version === pinnedVersion) return { ...event }
  const object = structuredClone(event.data.object)
  convertToBasil(store, object)
  if (version >= '2025-03-31') return { ...event, api_version: version, data: { ...event.data, object } }
  convertToAcacia(store, object)
  const previous = event.data.previous_attributes && previousInAcacia(event.data.previous_attributes)
  return {
    ...event,
    api_version: version,
    data: { ...event.data, object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
  }
}

/** Endive → 2025-08-27.basil: coupons are objects again, and what dahlia and endive added is gone. */
function convertToBasil(store: Store, object: JsonObject): void {
  remove(object, 'customer_account')
  switch (object.object) {
    case 'promotion_code': {
      const promotion = object.promotion
      if (isObject(promotion)) object.coupon = store.coupons.get(String(promotion.coupon)) ?? null
      remove(object, 'promotion')
      break
    }
    case 'discount': {
      const source = object.source
      if (isObject(source)) object.coupon = store.coupons.get(String(source.coupon)) ?? null
      remove(object, 'source')
      break
    }
    case 'product':
      remove(object, 'tax_details')
      break
    case 'invoice':
      remove(object, 'amount_paid_off_stripe', 'status_details')
      for (const line of itemsOf(object.lines)) remove(line, 'quantity_decimal', 'subtotal')
      break
    case 'subscription':
      remove(object, 'status_details', 'billing_schedules')
      for (const item of itemsOf(object.items)) remove(item, 'current_trial', 'billed_until')
      break
    case 'checkout.session':
      remove(object, 'allowed_payment_method_types')
      object.ui_mode = uiModesBeforeDahlia[String(object.ui_mode)] ?? object.ui_mode
      break
  }
}

const uiModesBeforeDahlia: Record<string, string> = { hosted_page: 'hosted', embedded_page: 'embedded', elements: 'custom' }

/** Basil → 2025-02-24.acacia: an invoice knows its subscription, payment and charge; periods are the subscription's. */
function convertToAcacia(store: Store, object: JsonObject): void {
  switch (object.object) {
    case 'invoice':
      convertInvoice(store, object)
      break
    case 'subscription':
      convertSubscription(store, object)
      break
    case 'charge':
      object.invoice = invoiceOfPaymentIntent(store, object.payment_intent)
      break
    case 'payment_intent':
      object.invoice = invoiceOfPaymentIntent(store, object.id)
      break
  }
}

function convertInvoice(store: Store, invoice: JsonObject): void {
  const parent = isObject(invoice.parent) ? invoice.parent : {}
  const details = isObject(parent.subscription_details) ? parent.subscription_details : undefined
  const payment =
    store.invoicePayments.newestFirst().find((entry) => entry.invoice === invoice.id)?.payment.payment_intent ?? null
  invoice.subscription = details?.subscription ?? null
  invoice.subscription_details = { metadata: details?.metadata ?? null }
  invoice.payment_intent = payment
  invoice.charge = payment === null ? null : (store.paymentIntents.get(payment)?.latest_charge ?? null)
  invoice.paid = invoice.status === 'paid'
  invoice.quote = null
  const taxes = Array.isArray(invoice.total_taxes) ? invoice.total_taxes : []
  invoice.tax =
    taxes.length === 0 ? null : taxes.reduce((sum: number, tax: unknown) => sum + (isObject(tax) ? Number(tax.amount) : 0), 0)
  invoice.total_tax_amounts = taxAmounts(taxes)
  const discount = store.discounts.get(String(Array.isArray(invoice.discounts) ? invoice.discounts[0] : ''))
  invoice.discount =
    discount === undefined ? null : { ...discount, coupon: store.coupons.get(String(discount.source.coupon)) ?? null }
  remove(invoice, 'parent', 'total_taxes', 'payments')
  for (const line of itemsOf(invoice.lines)) convertLine(store, line)
}

function convertLine(store: Store, line: JsonObject): void {
  const pricing = isObject(line.pricing) ? line.pricing : {}
  const priceDetails = isObject(pricing.price_details) ? pricing.price_details : {}
  const parent = isObject(line.parent) ? line.parent : {}
  const item = isObject(parent.subscription_item_details) ? parent.subscription_item_details : undefined
  const price = store.prices.get(String(priceDetails.price))
  line.price = price ?? null
  line.plan = itemPlan(store, item?.subscription_item)
  line.type = item === undefined ? 'invoiceitem' : 'subscription'
  line.subscription_item = item?.subscription_item ?? null
  line.proration = item?.proration ?? false
  line.proration_details = item?.proration_details ?? null
  line.invoice_item = null
  line.tax_amounts = taxAmounts(line.taxes)
  line.tax_rates = []
  remove(line, 'pricing', 'parent', 'taxes')
}

/** Taxes as they were called before basil. */
function taxAmounts(taxes: unknown): JsonObject[] {
  return (Array.isArray(taxes) ? taxes : []).filter(isObject).map((tax) => ({
    amount: tax.amount,
    inclusive: tax.tax_behavior === 'inclusive',
    tax_rate: isObject(tax.tax_rate_details) ? tax.tax_rate_details.tax_rate : null,
    taxability_reason: tax.taxability_reason,
    taxable_amount: tax.taxable_amount,
  }))
}

function convertSubscription(store: Store, subscription: JsonObject): void {
  const items = itemsOf(subscription.items)
  subscription.current_period_start = Math.min(...items.map((item) => Number(item.current_period_start)))
  subscription.current_period_end = Math.max(...items.map((item) => Number(item.current_period_end)))
  const discount = store.discounts.get(String(Array.isArray(subscription.discounts) ? subscription.discounts[0] : ''))
  subscription.discount =
    discount === undefined ? null : { ...discount, coupon: store.coupons.get(String(discount.source.coupon)) ?? null }
  for (const item of items) remove(item, 'current_period_start', 'current_period_end')
  remove(subscription, 'billing_mode')
}

/** The old period of a renewed subscription: on its items since basil, on the subscription itself before. */
function previousInAcacia(previous: JsonObject): JsonObject {
  const items = isObject(previous.items) && Array.isArray(previous.items.data) ? previous.items.data.filter(isObject) : []
  const [first] = items
  if (first === undefined || !('current_period_end' in first)) return previous
  const { items: _, ...others } = previous
  return {
    ...others,
    current_period_start: Math.min(...items.map((item) => Number(item.current_period_start))),
    current_period_end: Math.max(...items.map((item) => Number(item.current_period_end))),
  }
}

function invoiceOfPaymentIntent(store: Store, paymentIntent: unknown): string | null {
  return store.invoicePayments.newestFirst().find(({ payment }) => payment.payment_intent === paymentIntent)?.invoice ?? null
}

function itemPlan(store: Store, itemId: unknown): unknown {
  const items = store.subscriptions.newestFirst().flatMap((subscription) => subscription.items.data)
  return items.find(({ id }) => id === itemId)?.plan ?? null
}

function itemsOf(list: unknown): JsonObject[] {
  return isList(list) ? list.data : []
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function remove(object: JsonObject, ...names: string[]): void {
  for (const name of names) delete object[name]
}
