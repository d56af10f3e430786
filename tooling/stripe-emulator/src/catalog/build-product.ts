import type Stripe from 'stripe'
import type { Emulation } from '../core/emulation.ts'
import { mergeMetadata } from '../core/metadata.ts'
import type { Product, Wire } from '../core/wire.ts'

export function buildProduct(emulation: Emulation, params: Wire<Stripe.ProductCreateParams>): Product {
  const now = emulation.clock.now()
  return {
    id: params.id ?? emulation.ids.next('prod_', 14),
    object: 'product',
    active: params.active ?? true,
    created: now,
    default_price: null,
    description: params.description ?? null,
    images: params.images ?? [],
    livemode: false,
    marketing_features: params.marketing_features ?? [],
    metadata: mergeMetadata({}, params.metadata),
    name: params.name,
    package_dimensions: params.package_dimensions ?? null,
    shippable: params.shippable ?? null,
    statement_descriptor: params.statement_descriptor ?? null,
    tax_code: params.tax_code ?? null,
    tax_details: null,
    type: 'service',
    unit_label: params.unit_label ?? null,
    updated: now,
    url: params.url ?? null,
  }
}

/** A product made by `price_data.product_data` of a checkout session: no event, not offered anywhere else. */
export function createInlineProduct(
  emulation: Emulation,
  data: Wire<Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData>,
): Product {
  const product = buildProduct(emulation, { ...data, active: false })
  return emulation.store.products.add(product)
}
