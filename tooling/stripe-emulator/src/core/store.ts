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

export function createStore() {
  return {
    products: new Collection<W.Product>(),
    prices: new Collection<W.Price>(),
    /** Prices made by `price_data` of a checkout session: retrievable, but in no list. */
    inlinePrices: new Set<string>(),
    priceTiers: new Map<string, NonNullable<W.Price['tiers']>>(),
    coupons: new Collection<W.Coupon>(),
    couponProducts: new Map<string, string[]>(),
    promotionCodes: new Collection<W.PromotionCode>(),
    discounts: new Collection<W.Discount>(),
    customers: new Collection<W.Customer>(),
    deletedCustomers: new Collection<{ id: string; object: 'customer'; deleted: true }>(),
    sessions: new Collection<StoredSession>(),
    paymentIntents: new Collection<W.PaymentIntent>(),
    paymentMethods: new Collection<StoredPaymentMethod>(),
    charges: new Collection<W.Charge>(),
    refunds: new Collection<W.Refund>(),
    disputes: new Collection<W.Dispute>(),
    subscriptions: new Collection<W.Subscription>(),
    /** Lines that wait for the subscription's next invoice, by its id. */
    pendingProrations: new Map<string, InvoiceLineOrder[]>(),
    invoices: new Collection<W.Invoice>(),
    /** All lines of an invoice; the object itself embeds the first ten. */
    invoiceLines: new Map<string, W.InvoiceLine[]>(),
    invoicePayments: new Collection<W.InvoicePayment>(),
    /** What was announced ahead of its time, once: `trial sub_1`, `invoice sub_1 1790000000`. */
    toldAhead: new Set<string>(),
    testClocks: new Collection<W.TestClock>(),
    taxRates: new Collection<W.TaxRate>(),
    taxIds: new Collection<W.TaxId>(),
    portalConfigurations: new Collection<W.PortalConfiguration>(),
    portalSessions: new Collection<W.PortalSession>(),
    /** Who may use a portal link, by the id of its session. */
    portalVisits: new Map<string, PortalVisit>(),
    webhookEndpoints: new Collection<StoredEndpoint>(),
    events: new Collection<W.StoredEvent>(),
    counters: { invoice: 0 },
  }
}

export type Store = ReturnType<typeof createStore>

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
