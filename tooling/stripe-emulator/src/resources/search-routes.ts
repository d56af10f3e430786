import type Stripe from 'stripe'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { readSearchQuery } from '../core/search-query.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { RouteKey } from '../schema/routes.ts'

type Found = { id: string; created: number }
type Parameters = Stripe.ProductSearchParams

/** Search over what there is, newest first. What was just made is found only after `search.delaySeconds`: Stripe's search runs behind, too. */
export const searchRoutes: RouteTable = {
  ...searchable('GET /v1/products/search', ({ store }) => store.products.newestFirst()),
  ...searchable('GET /v1/prices/search', ({ store }) =>
    store.prices.newestFirst().filter(({ id }) => !store.inlinePrices.has(id)),
  ),
  ...searchable('GET /v1/customers/search', ({ store }) => store.customers.newestFirst()),
  ...searchable('GET /v1/subscriptions/search', ({ store }) => store.subscriptions.newestFirst()),
  ...searchable('GET /v1/invoices/search', ({ store }) => store.invoices.newestFirst()),
  ...searchable('GET /v1/charges/search', ({ store }) => store.charges.newestFirst()),
  ...searchable('GET /v1/payment_intents/search', ({ store }) => store.paymentIntents.newestFirst()),
}

function searchable(route: RouteKey, all: (emulation: Emulation) => readonly Found[]): RouteTable {
  return {
    [route]: handler<Parameters>(({ emulation, params }) => {
      const { query, limit = 10, page } = params
      if (limit < 1 || limit > 100) throw invalidRequest('This value must be between 1 and 100.', 'limit')
      const visibleUntil = emulation.clock.now() - emulation.settings.current.search.delaySeconds
      const fits = readSearchQuery(query)
      const found = all(emulation).filter((one) => one.created <= visibleUntil && fits({ ...one }))
      const after = page === undefined ? undefined : Buffer.from(page, 'base64url').toString()
      const start = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1
      if (after !== undefined && start === 0) throw invalidRequest(`Invalid page: ${page}`, 'page')
      const data = found.slice(start, start + limit)
      const last = data.at(-1)
      const more = last !== undefined && start + limit < found.length
      return {
        object: 'search_result',
        url: route.slice('GET '.length),
        has_more: more,
        data,
        next_page: more ? Buffer.from(last.id).toString('base64url') : null,
        total_count: found.length,
      }
    }),
  }
}
