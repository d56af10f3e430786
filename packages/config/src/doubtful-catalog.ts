import { isCapped, licenseModeOf } from '@licenseoperator/catalog'
import { maps } from './maps.ts'
import { ConfigProductSchema } from './product-schema.ts'
import type { Raw } from './read-yaml.ts'

/** What of the catalog is allowed and probably not meant. Products that cannot be read are problems already. */
export function doubtfulCatalog(stripe: Raw): string[] {
  const read = maps(stripe.products).map((product) => ConfigProductSchema.safeParse(product).data?.product)
  return [
    ...unnamedDefaults(
      stripe,
      read.flatMap((product) => product ?? []),
    ),
    ...unmaintained(stripe, read),
    ...uncounted(read),
  ]
}

type Read = NonNullable<ReturnType<typeof ConfigProductSchema.parse>>['product']

/** A checkout or a coupon that names no product would be refused. The product may also have been made by an administrator. */
function unnamedDefaults(stripe: Raw, products: readonly Read[]): string[] {
  const defaults = [
    ['default_subscription_slug', 'subscription'],
    ['default_one_off_slug', 'one_off'],
  ] as const
  return defaults.flatMap(([key, type]) => {
    const slug = stripe[key]
    if (typeof slug !== 'string' || slug.trim() === '') return []
    const product = products.find((candidate) => candidate.slug === slug.trim().toLowerCase())
    if (product === undefined) return [`stripe.${key}: names no product of this file`]
    if (!product.active) return [`stripe.${key}: names a product that is not active`]
    return product.type === type ? [] : [`stripe.${key}: names a product of another type`]
  })
}

/** Perpetual licenses end their maintenance after a year, and nobody could buy more. */
function unmaintained(stripe: Raw, products: readonly (Read | undefined)[]): string[] {
  const everywhere = typeof stripe.maintenance_price_lookup_key === 'string' && stripe.maintenance_price_lookup_key.trim() !== ''
  if (everywhere) return []
  return products.flatMap((product, index) => {
    const mode = product === undefined ? undefined : licenseModeOf(product)
    // Only automatic maintenance is bought with the product, so only there the product may name the price.
    const namesItsPrice = mode === 'perpetual_auto' && product?.metadata.maintenance_price_lookup_key !== undefined
    if ((mode !== 'perpetual_manual' && mode !== 'perpetual_auto') || namesItsPrice) return []
    return [`stripe.products[${index}]: is perpetual and has no maintenance price; set stripe.maintenance_price_lookup_key`]
  })
}

function uncounted(products: readonly (Read | undefined)[]): string[] {
  return products.flatMap((product, index) =>
    product?.maxLicenseTotal === undefined || isCapped(licenseModeOf(product))
      ? []
      : [`stripe.products[${index}].max_license_total: is not enforced for a subscription`],
  )
}
