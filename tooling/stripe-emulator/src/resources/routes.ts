import type { Handler } from '../core/emulation.ts'
import type { RouteKey } from '../schema/routes.ts'
import { chargeRoutes } from './charges.ts'
import { checkoutSessionRoutes } from './checkout-sessions.ts'
import { couponRoutes } from './coupons.ts'
import { customerRoutes } from './customers.ts'
import { disputeRoutes } from './disputes.ts'
import { eventRoutes } from './events.ts'
import { invoicePaymentRoutes } from './invoice-payments.ts'
import { invoiceRoutes } from './invoices.ts'
import { paymentIntentRoutes } from './payment-intents.ts'
import { paymentMethodRoutes } from './payment-methods.ts'
import { portalConfigurationRoutes } from './portal-configurations.ts'
import { portalSessionRoutes } from './portal-sessions.ts'
import { priceRoutes } from './prices.ts'
import { productRoutes } from './products.ts'
import { promotionCodeRoutes } from './promotion-codes.ts'
import { refundRoutes } from './refunds.ts'
import { searchRoutes } from './search-routes.ts'
import { subscriptionItemRoutes } from './subscription-items.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { taxIdRoutes } from './tax-ids.ts'
import { taxRateRoutes } from './tax-rates.ts'
import { testClockRoutes } from './test-clocks.ts'
import { webhookEndpointRoutes } from './webhook-endpoints.ts'

const table = new Map<string, Handler>(
  [
    productRoutes,
    priceRoutes,
    couponRoutes,
    promotionCodeRoutes,
    customerRoutes,
    checkoutSessionRoutes,
    paymentIntentRoutes,
    paymentMethodRoutes,
    chargeRoutes,
    refundRoutes,
    disputeRoutes,
    subscriptionRoutes,
    subscriptionItemRoutes,
    searchRoutes,
    invoiceRoutes,
    invoicePaymentRoutes,
    taxIdRoutes,
    taxRateRoutes,
    testClockRoutes,
    portalConfigurationRoutes,
    portalSessionRoutes,
    webhookEndpointRoutes,
    eventRoutes,
  ].flatMap((routes) => Object.entries(routes)),
)

export interface FoundRoute {
  key: RouteKey
  handle: Handler
  id: string
  innerId: string
}

/** The route for a request's method and path; `undefined` for an address Stripe does not know. */
export function findRoute(method: string, path: string): FoundRoute | undefined {
  const fixed = table.get(`${method} ${path}`)
  if (fixed !== undefined) return { key: asKey(`${method} ${path}`), handle: fixed, id: '', innerId: '' }
  const segments = path.split('/')
  const last = segments.length - 1
  // `{id}` is the last segment, the one before an action, or both an owner's and its part's:
  // `/v1/invoices/in_1`, `/v1/invoices/in_1/lines`, `/v1/customers/cus_1/tax_ids/txi_1`.
  for (const positions of [[last], [last - 1], [last - 2, last]]) {
    const key = `${method} ${segments.map((segment, index) => (positions.includes(index) ? '{id}' : segment)).join('/')}`
    const handle = table.get(key)
    const [id = '', innerId = ''] = positions.map((position) => segments[position] ?? '')
    if (handle !== undefined) return { key: asKey(key), handle, id, innerId }
  }
  return undefined
}

export const implementedRoutes: readonly string[] = [...table.keys()]

/** Every key of the table came from a `RouteTable`, whose keys are `RouteKey`s. */
function asKey(key: string): RouteKey {
  return key as RouteKey
}
