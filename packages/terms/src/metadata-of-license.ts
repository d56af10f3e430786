import type { licenses } from '@licenseoperator/db'
import type { BoughtPart } from './bundle-parts.ts'
import type { PurchaseMetadata } from './purchase-metadata.ts'

/**
 * The metadata that a license was bought with, as far as the license tells.
 *
 * @param all  the licenses of its purchase: its own and, of a bundle, those of the parts
 */
export function metadataOfLicense(license: licenses.StoredLicense, all: readonly licenses.StoredLicense[]): PurchaseMetadata {
  const units = Math.max(1, license.soldAs?.reduce((sum, item) => sum + item.quantity, 0) ?? 1)
  const parts = all.filter(({ issuanceKey }) => issuanceKey !== license.issuanceKey)
  const counts = new Map<string, { part: licenses.StoredLicense; count: number }>()
  for (const part of parts) {
    const name = JSON.stringify([part.productKey, part.seats, part.productSlug, part.plan])
    counts.set(name, { part, count: (counts.get(name)?.count ?? 0) + 1 })
  }
  return {
    group: license.groupName,
    product_slug: license.productSlug,
    product_key: license.productKey,
    plan: license.plan,
    domain: license.domain,
    email: license.email,
    organization_long_name: undefined,
    coupon_code: license.couponCode,
    identity: license.identity,
    reservation_id: undefined,
    managed_products: license.seats === undefined ? undefined : Math.floor(license.seats / units),
    license_mode: license.kind === 'perpetual' ? 'perpetual_auto' : 'subscription',
    term_days: undefined,
    bundle_parts:
      parts.length === 0
        ? undefined
        : [...counts.values()].map(({ part, count }) => partOf(part, Math.max(1, Math.floor(count / units)))),
  }
}

/** Several products can share a key: slug and plan say which one it was. Licenses of older releases may not name their product. */
function partOf({ productKey, seats, productSlug, plan }: licenses.StoredLicense, count: number): BoughtPart {
  return productSlug === undefined ? [productKey, count, seats ?? null] : [productKey, count, seats ?? null, productSlug, plan]
}
