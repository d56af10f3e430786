import type { CardBehavior } from './card-behavior.ts'
import type { InvoiceLineOrder } from './invoice-line-order.ts'
import type { StoredSession } from './stored-session.ts'
import type * as W from './wire.ts'

/** Objects of one kind in the order they were made. */
export class Collection<T extends { id: string }> {
  readonly #items = new Map<string, T>()

  add(item: T): T {
    this.#items.set(item.id, item)
    return item
  }

  get(id: string): T | undefined {
    return this.#items.get(id)
  }

  delete(id: string): boolean {
    return this.#items.delete(id)
  }

  get size(): number {
    return this.#items.size
  }

  /** Newest first, Stripe's order for every list. */
  newestFirst(): T[] {
    return [...this.#items.values()].reverse()
  }

  clear(): void {
    this.#items.clear()
  }

  /** All items in the order they were made. */
  all(): T[] {
    return [...this.#items.values()]
  }

  /** Takes the place of what is there. */
  load(items: readonly T[]): void {
    this.#items.clear()
    for (const item of items) this.add(item)
  }
}

export interface StoredEndpoint {
  id: string
  endpoint: W.WebhookEndpoint
  /** Only the create answer shows it. */
  secret: string
}

/** What is known about a card: never its number. */
export interface StoredPaymentMethod {
  id: string
  object: W.PaymentMethod
  /** Every charge of it fails with this refusal (the card that can be saved and then fails). */
  failsCharges: boolean
  /** What else its card does. */
  behavior: CardBehavior
}

export interface PortalVisit {
  /** Unix seconds of the emulator's own time, whatever test clock the customer is on. */
  validUntil: number
  /** The cookie of the one browser that opened the link; `null` until then. */
  browser: string | null
  /** The step that the link led to was taken. */
  flowDone: boolean
}

export interface Store {
  readonly products: Collection<W.Product>
  readonly prices: Collection<W.Price>
  /** Prices made by `price_data` of a checkout session: retrievable, but in no list. */
  readonly inlinePrices: Set<string>
  readonly priceTiers: Map<string, NonNullable<W.Price['tiers']>>
  readonly coupons: Collection<W.Coupon>
  readonly couponProducts: Map<string, string[]>
  readonly promotionCodes: Collection<W.PromotionCode>
  readonly discounts: Collection<W.Discount>
  readonly customers: Collection<W.Customer>
  readonly deletedCustomers: Collection<{ id: string; object: 'customer'; deleted: true }>
  readonly sessions: Collection<StoredSession>
  readonly paymentIntents: Collection<W.PaymentIntent>
  readonly paymentMethods: Collection<StoredPaymentMethod>
  readonly charges: Collection<W.Charge>
  readonly refunds: Collection<W.Refund>
  readonly disputes: Collection<W.Dispute>
  readonly subscriptions: Collection<W.Subscription>
  /** Lines that wait for the subscription's next invoice, by its id. */
  readonly pendingProrations: Map<string, InvoiceLineOrder[]>
  readonly invoices: Collection<W.Invoice>
  /** All lines of an invoice; the object itself embeds the first ten. */
  readonly invoiceLines: Map<string, W.InvoiceLine[]>
  readonly invoicePayments: Collection<W.InvoicePayment>
  /** What was announced ahead of its time, once: `trial sub_1`, `invoice sub_1 1790000000`. */
  readonly toldAhead: Set<string>
  readonly testClocks: Collection<W.TestClock>
  readonly taxRates: Collection<W.TaxRate>
  readonly taxIds: Collection<W.TaxId>
  readonly portalConfigurations: Collection<W.PortalConfiguration>
  readonly portalSessions: Collection<W.PortalSession>
  /** Who may use a portal link, by the id of its session. */
  readonly portalVisits: Map<string, PortalVisit>
  readonly webhookEndpoints: Collection<StoredEndpoint>
  readonly events: Collection<W.StoredEvent>
  readonly counters: { invoice: number }
}

export function createStore(): Store {
  return {
    products: new Collection(),
    prices: new Collection(),
    inlinePrices: new Set(),
    priceTiers: new Map(),
    coupons: new Collection(),
    couponProducts: new Map(),
    promotionCodes: new Collection(),
    discounts: new Collection(),
    customers: new Collection(),
    deletedCustomers: new Collection(),
    sessions: new Collection(),
    paymentIntents: new Collection(),
    paymentMethods: new Collection(),
    charges: new Collection(),
    refunds: new Collection(),
    disputes: new Collection(),
    subscriptions: new Collection(),
    pendingProrations: new Map(),
    invoices: new Collection(),
    invoiceLines: new Map(),
    invoicePayments: new Collection(),
    toldAhead: new Set(),
    testClocks: new Collection(),
    taxRates: new Collection(),
    taxIds: new Collection(),
    portalConfigurations: new Collection(),
    portalSessions: new Collection(),
    portalVisits: new Map(),
    webhookEndpoints: new Collection(),
    events: new Collection(),
    counters: { invoice: 0 },
  }
}

/** The object behind an id, for `expand`. */
export function findById(store: Store, id: string): object | undefined {
  return (
    store.products.get(id) ??
    store.prices.get(id) ??
    store.coupons.get(id) ??
    store.promotionCodes.get(id) ??
    store.discounts.get(id) ??
    store.customers.get(id) ??
    store.deletedCustomers.get(id) ??
    store.sessions.get(id)?.session ??
    store.paymentIntents.get(id) ??
    store.paymentMethods.get(id)?.object ??
    store.charges.get(id) ??
    store.refunds.get(id) ??
    store.disputes.get(id) ??
    store.subscriptions.get(id) ??
    store.invoices.get(id) ??
    store.invoicePayments.get(id) ??
    store.testClocks.get(id) ??
    store.portalConfigurations.get(id) ??
    store.taxRates.get(id) ??
    store.taxIds.get(id)
  )
}
