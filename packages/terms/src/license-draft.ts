import { licenseModeOf, type Product, termEnd } from '@licenseoperator/catalog'
import { normaliseDomain } from '@licenseoperator/domain'
import type { LicenseDraft } from '@licenseoperator/licensing'
import { seatsBought } from './entitlement-of.ts'
import type { PaidPurchase } from './paid-purchase.ts'
import type { PurchaseMetadata } from './purchase-metadata.ts'
import { unserved } from './unserved.ts'

/**
 * The license of a purchase, as it was bought: what its metadata does not say, the product of now does.
 *
 * @throws DomainError `invalid_payload` when nobody can tell whose license it is, or until when
 */
export function draftOf(purchase: PaidPurchase, product: Product): LicenseDraft {
  const { metadata } = purchase
  const email = metadata.email ?? purchase.email
  if (metadata.group === undefined) throw unserved('the purchase has no group_name')
  if (email === undefined) throw unserved('the purchase has no e-mail address')
  const mode = metadata.license_mode ?? licenseModeOf(product)
  const termDurationDays = metadata.term_days ?? product.termDurationDays
  if (mode === 'one_off' && termDurationDays === undefined) throw unserved('the purchase has no term')
  return {
    issuanceKey: purchase.issuanceKey,
    groupName: metadata.group,
    email,
    productId: product.id,
    productSlug: product.slug,
    productKey: metadata.product_key ?? product.productKey,
    plan: metadata.plan ?? product.plan,
    domain: normaliseDomain(metadata.domain),
    kind: mode === 'perpetual_auto' || mode === 'perpetual_manual' ? 'perpetual' : mode,
    seats: seatsBought(metadata, product),
    priceLocked: false,
    couponCode: metadata.coupon_code,
    issuedAt: purchase.purchasedAt,
    ...termEnd(mode, purchase.purchasedAt, { termDurationDays: termDurationDays ?? 0, period: purchase.period }),
    identity: metadata.identity,
    stripe: purchase.links,
    soldAs: purchase.soldAs,
  }
}

/** A bundle brings what it consisted of when it was bought, also in later periods and when a component is sold no more. */
export function partsBought(
  { bundle_parts: bought }: Pick<PurchaseMetadata, 'bundle_parts'>,
  product: Pick<Product, 'bundledProducts'>,
): readonly (Product['bundledProducts'][number] & { slug?: string; plan?: string })[] {
  return (
    bought?.map(([productKey, quantity, seats, slug, plan]) => ({
      productKey,
      quantity,
      ...(seats === null ? {} : { managedProducts: seats }),
      ...(slug === undefined ? {} : { slug }),
      ...(plan === undefined ? {} : { plan }),
    })) ?? product.bundledProducts
  )
}
