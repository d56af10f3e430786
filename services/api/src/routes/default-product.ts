import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { featuresOf, filled, PricingTierBody, pricingTierBody } from '@licenseoperator/api-schemas'
import { isRecurring, type Product } from '@licenseoperator/catalog'
import { reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { failAs, type HttpEnv, refusals } from '@licenseoperator/http'
import { findDefaultProduct } from '@licenseoperator/licensing'
import { answerCatalogPage } from '../answer-catalog-page.ts'
import type { ApiConfig, ApiDeps } from '../api-deps.ts'

const ProductDetails = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    features: z.array(z.string()),
    currency: z.string(),
    unitAmount: z.int().meta({ description: 'Minor units' }),
    baseAmount: z.int().optional().meta({ description: 'Minor units' }),
    interval: z.string().optional(),
    lookupKey: z.string().optional(),
    priceId: z.string().optional(),
    productId: z.string().optional(),
    productKey: z.string(),
    pricingMode: z.enum(['fixed', 'tiered']),
    pricingTiers: z.array(PricingTierBody).optional(),
    maxManagedProducts: z.int().optional(),
    publicBaseUrl: z.string().optional(),
  })
  .meta({
    id: 'ProductDetails',
    examples: [
      {
        name: 'Core',
        features: ['SSO'],
        currency: 'usd',
        unitAmount: 19_900,
        baseAmount: 19_900,
        interval: 'year',
        lookupKey: 'core-year',
        priceId: 'price_1MoBy5LkdIwHu7ix',
        productId: 'prod_NWjs8kKbJWmuuc',
        productKey: 'core',
        pricingMode: 'fixed',
        publicBaseUrl: 'https://licenses.example.com',
      },
    ],
  })

const route = createRoute({
  method: 'get',
  path: '/authlance/license/product',
  operationId: 'getDefaultProduct',
  tags: ['Catalog'],
  summary: 'The product of the landing page',
  middleware: [failAs('failed to load product')] as const,
  responses: {
    200: { description: 'The default product', content: { 'application/json': { schema: ProductDetails } } },
    304: { description: 'Unchanged since the `If-None-Match` entity tag' },
    ...refusals(404, 500, 503),
  },
})

export function addDefaultProduct(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) => {
    const page = await deps.catalog.page('product', async () => {
      const product = await reading(() => findDefaultProduct(deps.db, deps.config.checkout))
      if (product === undefined) throw new DomainError('not_found', 'product not found')
      return details(product, deps.config)
    })
    return answerCatalogPage(c, page)
  })
}

function details(product: Product, { productDisplay, publicBaseUrl }: ApiConfig): z.infer<typeof ProductDetails> {
  return {
    name: product.name,
    ...filled({
      description: productDisplay.description === '' ? product.description : productDisplay.description,
      interval: isRecurring(product.billingInterval) ? product.billingInterval : undefined,
      lookupKey: product.lookupKey,
      priceId: product.stripePriceId,
      productId: product.stripeProductId,
      publicBaseUrl,
    }),
    features: productDisplay.features.length > 0 ? [...productDisplay.features] : featuresOf(product, []),
    currency: product.currency,
    unitAmount: product.unitAmountMinor,
    ...(product.baseAmountMinor === 0 ? {} : { baseAmount: product.baseAmountMinor }),
    productKey: product.productKey,
    pricingMode: product.pricingMode,
    ...(product.pricingTiers.length === 0 ? {} : { pricingTiers: product.pricingTiers.map(pricingTierBody) }),
    ...(product.maxManagedProducts === undefined ? {} : { maxManagedProducts: product.maxManagedProducts }),
  }
}
