import type Stripe from 'stripe'
import { buildPrice, type PriceCreate } from '../catalog/build-price.ts'
import { buildProduct } from '../catalog/build-product.ts'
import { changedFields } from '../core/changed-fields.ts'
import { type Cause, type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { checkCurrency } from '../core/limits.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, missingParameter, noSuch, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Price } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

export const priceRoutes: RouteTable = {
  'POST /v1/prices': handler<Stripe.PriceCreateParams>(({ emulation, params, cause }) => createPrice(emulation, params, cause)),
  'GET /v1/prices': handler<Stripe.PriceListParams>(({ emulation, params }) => {
    if ((params.lookup_keys?.length ?? 0) > 10) throw invalidRequest('You may only specify up to 10 lookup keys.', 'lookup_keys')
    const { recurring } = params
    const items = emulation.store.prices
      .newestFirst()
      .filter((price) => !emulation.store.inlinePrices.has(price.id))
      .filter((price) => params.active === undefined || price.active === params.active)
      .filter(
        (price) =>
          params.lookup_keys === undefined || (price.lookup_key !== null && params.lookup_keys.includes(price.lookup_key)),
      )
      .filter((price) => params.product === undefined || price.product === params.product)
      .filter((price) => params.type === undefined || price.type === params.type)
      .filter((price) => params.currency === undefined || price.currency === params.currency.toLowerCase())
      .filter((price) => recurring?.interval === undefined || price.recurring?.interval === recurring.interval)
      .filter((price) => recurring?.usage_type === undefined || price.recurring?.usage_type === recurring.usage_type)
      .filter((price) => inRange(price.created, params.created))
    return listPage(items, params, '/v1/prices')
  }),
  'GET /v1/prices/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/prices/{id}': handler<Stripe.PriceUpdateParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['active', 'expand', 'lookup_key', 'metadata', 'nickname', 'tax_behavior', 'transfer_lookup_key'])
    const price = find(emulation, id)
    const before = structuredClone(price)
    if (params.tax_behavior !== undefined && price.tax_behavior !== 'unspecified' && params.tax_behavior !== price.tax_behavior) {
      throw invalidRequest('You cannot change the tax_behavior of a price once it is set.', 'tax_behavior')
    }
    if (params.lookup_key !== undefined && params.lookup_key !== price.lookup_key) {
      claimLookupKey(emulation, params.lookup_key, params.transfer_lookup_key, cause)
      price.lookup_key = params.lookup_key
    }
    if (params.active !== undefined) price.active = params.active
    if (params.nickname !== undefined) price.nickname = params.nickname
    if (params.tax_behavior !== undefined) price.tax_behavior = params.tax_behavior
    price.metadata = mergeMetadata(price.metadata, params.metadata)
    emit(emulation, cause, 'price.updated', price, changedFields(before, price))
    return price
  }),
}

function find(emulation: Emulation, id: string): Price {
  const price = emulation.store.prices.get(id)
  if (price === undefined) throw noSuch('price', id)
  return price
}

/** Makes a price by the rules of `POST /v1/prices`, with its events. */
export function createPrice(emulation: Emulation, params: PriceCreate, cause: Cause): Price {
  if ((params.product === undefined) === (params.product_data === undefined)) {
    if (params.product === undefined) throw missingParameter('product')
    throw invalidRequest('You may only specify one of these parameters: product, product_data.', 'product')
  }
  if (params.product !== undefined && emulation.store.products.get(params.product) === undefined) {
    throw noSuchParameter('product', params.product, 'product')
  }
  if (params.currency_options !== undefined) refuseUnsupported({ currency_options: params.currency_options }, [])
  checkAmounts(params)
  if (params.lookup_key !== undefined) claimLookupKey(emulation, params.lookup_key, params.transfer_lookup_key, cause)
  const product = params.product ?? createProductFor(emulation, params, cause)
  const price = emulation.store.prices.add(buildPrice(emulation, params, product))
  if (params.tiers !== undefined) emulation.store.priceTiers.set(price.id, buildTiers(params.tiers))
  emit(emulation, cause, 'price.created', price)
  return price
}

function createProductFor(emulation: Emulation, params: PriceCreate, cause: Cause): string {
  if (params.product_data === undefined) throw missingParameter('product')
  const product = emulation.store.products.add(buildProduct(emulation, params.product_data))
  emit(emulation, cause, 'product.created', product)
  return product.id
}

function checkAmounts(params: PriceCreate): void {
  checkCurrency(params.currency)
  if ((params.lookup_key?.length ?? 0) > 200) throw invalidRequest('Invalid string: must be at most 200 characters', 'lookup_key')
  if (params.billing_scheme === 'tiered') checkTiers(params)
  else checkUnitAmount(params)
}

function checkUnitAmount(params: PriceCreate): void {
  if (params.tiers !== undefined) throw invalidRequest('`tiers` may only be used with `billing_scheme=tiered`.', 'tiers')
  const given = [params.unit_amount, params.unit_amount_decimal, params.custom_unit_amount].filter(
    (amount) => amount !== undefined,
  )
  if (given.length === 0) throw missingParameter('unit_amount')
  if (given.length > 1) {
    throw invalidRequest(
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal, custom_unit_amount.',
      'unit_amount',
    )
  }
  if ((params.unit_amount ?? 0) < 0 || Number(params.unit_amount_decimal ?? 0) < 0) {
    throw invalidRequest('Invalid non-negative integer', 'unit_amount', 'parameter_invalid_integer')
  }
}

function checkTiers(params: PriceCreate): void {
  const tiers = params.tiers ?? []
  if (tiers.length === 0) throw missingParameter('tiers')
  if (params.tiers_mode === undefined) throw missingParameter('tiers_mode')
  if (params.unit_amount !== undefined)
    throw invalidRequest('`unit_amount` may not be used with `billing_scheme=tiered`.', 'unit_amount')
  if (tiers.at(-1)?.up_to !== 'inf')
    throw invalidRequest('The last tier in `tiers` must have `up_to=inf`.', `tiers[${tiers.length - 1}][up_to]`)
  for (const [index, tier] of tiers.slice(0, -1).entries()) {
    const previous = tiers[index - 1]?.up_to ?? 0
    if (typeof tier.up_to !== 'number' || typeof previous !== 'number' || tier.up_to <= previous) {
      throw invalidRequest('`tiers` must be in ascending order of `up_to`.', `tiers[${index}][up_to]`)
    }
  }
}

/** A lookup key belongs to one price of the account. `transfer_lookup_key` takes it from the holder, who hears of it. */
function claimLookupKey(emulation: Emulation, key: string, transfer: boolean | undefined, cause: Cause): void {
  const holder = emulation.store.prices.newestFirst().find((price) => price.lookup_key === key)
  if (holder === undefined) return
  if (transfer !== true) {
    throw invalidRequest(
      `A price (\`${holder.id}\`) already uses that lookup key. You may set transfer_lookup_key=true to transfer the lookup key from the existing price.`,
      'lookup_key',
    )
  }
  holder.lookup_key = null
  emit(emulation, cause, 'price.updated', holder, { lookup_key: key })
}

function buildTiers(tiers: NonNullable<PriceCreate['tiers']>): NonNullable<Price['tiers']> {
  return tiers.map((tier) => ({
    flat_amount: tier.flat_amount ?? null,
    flat_amount_decimal: tier.flat_amount_decimal ?? (tier.flat_amount === undefined ? null : String(tier.flat_amount)),
    unit_amount: tier.unit_amount ?? null,
    unit_amount_decimal: tier.unit_amount_decimal ?? (tier.unit_amount === undefined ? null : String(tier.unit_amount)),
    up_to: tier.up_to === 'inf' ? null : tier.up_to,
  }))
}
