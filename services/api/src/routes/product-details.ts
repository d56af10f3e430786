import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { type Product, stripeRecurring } from '@licenseoperator/catalog'
import { findPricedProduct } from '@licenseoperator/checkout'
import { text } from '@licenseoperator/domain'
import {
  clientNetwork,
  createLimiter,
  failAs,
  type HttpEnv,
  jsonBody,
  jsonBodyLimits,
  rateLimit,
  refusals,
} from '@licenseoperator/http'
import type { ApiDeps } from '../api-deps.ts'

const LookupRequest = z
  .object({ lookup_key: text({ max: 255 }).meta({ description: 'Lookup key or Stripe price id' }) })
  .meta({ id: 'ProductDetailsRequest', examples: [{ lookup_key: 'team-year' }] })

const PriceDetails = z
  .object({
    id: z.string().meta({ description: 'Stripe price id; the lookup key while Stripe has no price yet' }),
    object: z.literal('price'),
    active: z.boolean(),
    currency: z.string(),
    lookup_key: z.string().optional(),
    nickname: z.string().optional(),
    tax_behavior: z.string().optional(),
    type: z.enum(['recurring', 'one_time']),
    unit_amount: z.int().optional().meta({ description: 'Minor units' }),
    recurring: z.object({ interval: z.string(), interval_count: z.int() }).optional(),
    product: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'PriceDetails' })

const Answer = z.object({ product: PriceDetails }).meta({
  id: 'ProductDetailsAnswer',
  examples: [
    {
      product: {
        id: 'price_1MoBy5LkdIwHu7ix',
        object: 'price',
        active: true,
        currency: 'usd',
        lookup_key: 'core-once',
        type: 'one_time',
        unit_amount: 21_900,
        product: { id: 'prod_NWjs8kKbJWmuuc', object: 'product', name: 'Core', active: true, metadata: {} },
      },
    },
  ],
})

/** Anonymous, and one query each: enough for any page, too little to walk through guesses. Counted by each process for itself. */
const PER_MINUTE = 600

function routeFor({ log, config }: ApiDeps) {
  const limiter = createLimiter({ name: 'product-details', limit: PER_MINUTE, windowMs: 60_000, log })
  return createRoute({
    method: 'post',
    path: '/authlance/license/payments/product-details',
    operationId: 'getProductDetails',
    tags: ['Catalog'],
    summary: 'What a price is and what it sells, in snake_case',
    middleware: [
      failAs('failed to load product', 'lookup_key required'),
      rateLimit({ limiter, key: clientNetwork(config.trustedProxies) }),
      jsonBodyLimits(),
    ] as const,
    request: { body: jsonBody(LookupRequest) },
    responses: {
      200: { description: 'The price of a product on sale', content: { 'application/json': { schema: Answer } } },
      ...refusals(400, 404, 413, 415, 429, 500, 503),
    },
  })
}

export function addProductDetails(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(routeFor(deps), async (c) => {
    const product = await findPricedProduct(deps.db, c.req.valid('json').lookup_key.trim())
    return c.json({ product: priceDetails(product) }, 200)
  })
}

function priceDetails(product: Product): z.infer<typeof PriceDetails> {
  const recurring = stripeRecurring(product.billingInterval, product.billingIntervalCount)
  const lookupKey = product.lookupKey ?? product.slug
  return {
    id: product.stripePriceId ?? lookupKey,
    object: 'price',
    active: true,
    currency: product.currency,
    lookup_key: lookupKey,
    type: recurring === undefined ? 'one_time' : 'recurring',
    unit_amount: product.unitAmountMinor,
    ...(recurring === undefined ? {} : { recurring }),
    product: {
      ...(product.stripeProductId === undefined ? {} : { id: product.stripeProductId }),
      object: 'product',
      name: product.name,
      ...(product.description === undefined ? {} : { description: product.description }),
      active: true,
      metadata: product.metadata,
    },
  }
}
