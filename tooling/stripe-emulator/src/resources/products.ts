import type Stripe from 'stripe'
import { buildProduct } from '../catalog/build-product.ts'
import { changedFields } from '../core/changed-fields.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, noSuch, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Product } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { createPrice } from './prices.ts'

const updatable = [
  ...['active', 'default_price', 'description', 'expand', 'images', 'marketing_features', 'metadata', 'name', 'shippable'],
  ...['statement_descriptor', 'tax_code', 'unit_label', 'url'],
]

export const productRoutes: RouteTable = {
  'POST /v1/products': handler<Stripe.ProductCreateParams>(({ emulation, params, cause }) => {
    if (params.id !== undefined && emulation.store.products.get(params.id) !== undefined) {
      throw invalidRequest(`Product already exists.`, 'id', 'resource_already_exists')
    }
    if ((params.marketing_features?.length ?? 0) > 15)
      throw invalidRequest('You may only specify up to 15 marketing features.', 'marketing_features')
    const product = emulation.store.products.add(buildProduct(emulation, params))
    emit(emulation, cause, 'product.created', product)
    if (params.default_price_data !== undefined) {
      const { custom_unit_amount: _, ...data } = params.default_price_data
      const price = createPrice(emulation, { ...data, product: product.id }, cause)
      product.default_price = price.id
    }
    return product
  }),
  'GET /v1/products': handler<Stripe.ProductListParams>(({ emulation, params }) => {
    const items = emulation.store.products
      .newestFirst()
      .filter((product) => params.active === undefined || product.active === params.active)
      .filter((product) => params.ids === undefined || params.ids.includes(product.id))
      .filter((product) => params.url === undefined || product.url === params.url)
      .filter((product) => params.shippable === undefined || product.shippable === params.shippable)
      .filter((product) => inRange(product.created, params.created))
    return listPage(items, params, '/v1/products')
  }),
  'GET /v1/products/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/products/{id}': handler<Stripe.ProductUpdateParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, updatable)
    const product = find(emulation, id)
    const before = structuredClone(product)
    if (params.default_price !== undefined && emulation.store.prices.get(params.default_price)?.product !== id) {
      throw noSuchParameter('price', params.default_price, 'default_price')
    }
    if (params.name !== undefined) product.name = params.name
    if (params.active !== undefined) product.active = params.active
    if (params.description !== undefined) product.description = params.description || null
    if (params.images !== undefined) product.images = params.images || []
    if (params.url !== undefined) product.url = params.url || null
    if (params.shippable !== undefined) product.shippable = params.shippable
    if (params.default_price !== undefined) product.default_price = params.default_price
    if (params.statement_descriptor !== undefined) product.statement_descriptor = params.statement_descriptor || null
    if (params.unit_label !== undefined) product.unit_label = params.unit_label || null
    if (params.marketing_features !== undefined) product.marketing_features = params.marketing_features || []
    if (params.tax_code !== undefined) product.tax_code = params.tax_code || null
    product.metadata = mergeMetadata(product.metadata, params.metadata)
    product.updated = emulation.clock.now()
    emit(emulation, cause, 'product.updated', product, changedFields(before, product))
    return product
  }),
  'DELETE /v1/products/{id}': ({ emulation, id, cause }) => {
    const product = find(emulation, id)
    if (emulation.store.prices.newestFirst().some((price) => price.product === id)) {
      throw invalidRequest(`This product cannot be deleted because it has one or more user-created prices.`)
    }
    emulation.store.products.delete(id)
    emit(emulation, cause, 'product.deleted', product)
    return { id, object: 'product', deleted: true }
  },
}

function find(emulation: Emulation, id: string): Product {
  const product = emulation.store.products.get(id)
  if (product === undefined) throw noSuch('product', id)
  return product
}
