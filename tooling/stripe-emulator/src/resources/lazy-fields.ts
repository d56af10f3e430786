import type Stripe from 'stripe'
import { breakdownOf } from '../checkout/discount-breakdown.ts'
import { embeddedList, type ListPage } from '../core/list.ts'
import type { Store } from '../core/store.ts'
import type { JsonObject, Wire } from '../core/wire.ts'

type Lazy = (store: Store, id: string) => unknown

/** Fields Stripe sends only when they are expanded, by the `object` they belong to; `a.b` lies in its inner object `a`. */
const lazy: Record<string, Record<string, Lazy>> = {
  'checkout.session': {
    line_items: (store, id) =>
      embeddedList(store.sessions.get(id)?.plan.lineItems ?? [], `/v1/checkout/sessions/${id}/line_items`),
    'total_details.breakdown': breakdownOf,
  },
  price: { tiers: (store, id) => store.priceTiers.get(id) ?? null, currency_options: () => null },
  coupon: {
    applies_to: (store, id) => {
      const products = store.couponProducts.get(id)
      return products === undefined ? null : { products }
    },
    currency_options: () => null,
  },
  customer: {
    subscriptions: (store, id) =>
      embeddedList(
        store.subscriptions.newestFirst().filter((entry) => entry.customer === id && entry.status !== 'canceled'),
        `/v1/customers/${id}/subscriptions`,
      ),
    sources: (_store, id): ListPage<never> => embeddedList([], `/v1/customers/${id}/sources`),
    tax: (store, id): Wire<Stripe.Customer.Tax> => {
      const country = store.customers.get(id)?.address?.country ?? null
      return {
        automatic_tax: country === null ? 'unrecognized_location' : 'supported',
        ip_address: null,
        location: country === null ? null : { country, source: 'billing_address', state: null },
        provider: 'stripe',
      }
    },
    tax_ids: (store, id) =>
      embeddedList(
        store.taxIds.newestFirst().filter((taxId) => taxId.customer === id),
        `/v1/customers/${id}/tax_ids`,
      ),
  },
  invoice: {
    payments: (store, id) =>
      embeddedList(
        store.invoicePayments.newestFirst().filter((payment) => payment.invoice === id),
        '/v1/invoice_payments',
      ),
    confirmation_secret: () => null,
  },
  charge: {
    refunds: (store, id) =>
      embeddedList(
        store.refunds.newestFirst().filter((refund) => refund.charge === id),
        `/v1/charges/${id}/refunds`,
      ),
  },
}

/** The value of a field that is sent only on request; `undefined` when the object has no such field. */
export function lazyFields(store: Store, target: JsonObject, field: string): unknown {
  return lazy[String(target.object)]?.[field]?.(store, String(target.id))
}
