import type { LicenseMode, Product } from '@licenseoperator/catalog'
import type { BundledPart } from '@licenseoperator/catalog-admin'
import { refusalOfGroup, text } from '@licenseoperator/domain'
import { z } from 'zod'
import { type BoughtPart, BundlePartsValues, readBundleParts, writeBundleParts } from './bundle-parts.ts'
import { couponMetadataBeside } from './coupon-metadata.ts'

const count = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)

/** Paid for already, so all that the columns hold is taken; the edge that sold it takes less. */
const group = z.string().superRefine((name, context) => {
  const refusal = refusalOfGroup(name)
  if (refusal !== undefined) context.addIssue({ code: 'custom', message: refusal })
})

/**
 * What a checkout writes into the metadata of session, subscription and payment intent, so that any one event of the purchase is enough to
 * issue its license, and so that it is issued as it was bought whatever the catalog says by then.
 */
export const PurchaseMetadata = z
  .object({
    group_name: group.optional(),
    group: group.optional(),
    product_slug: z.string().optional(),
    product_key: text({ max: 128 }).optional(),
    plan: text({ max: 128 }).optional(),
    domain: text({ max: 255 }).optional(),
    email: text({ max: 512 }).optional(),
    organization_long_name: z.string().optional(),
    coupon_code: text({ max: 64 }).optional(),
    identity: text({ max: 255 }).optional(),
    reservation_id: z.string().optional(),
    managed_products: count.optional(),
    license_mode: z.enum(['subscription', 'one_off', 'perpetual_manual', 'perpetual_auto']).optional(),
    term_days: count.optional(),
    ...BundlePartsValues,
  })
  .transform(({ group_name, group, ...values }, context) => {
    const { parts, ...metadata } = readBundleParts(values)
    if (parts !== undefined && !parts.success)
      context.addIssue({ code: 'custom', path: ['bundle_parts'], message: 'not a list of components' })
    const composition: { bundle_parts?: BoughtPart[] | undefined } = parts === undefined ? {} : { bundle_parts: parts.data }
    return { ...metadata, ...composition, group: group_name ?? group }
  })
export type PurchaseMetadata = z.infer<typeof PurchaseMetadata>

export interface Purchase {
  readonly group: string
  readonly groupLongName: string
  readonly product: Product
  readonly mode: LicenseMode
  readonly termDays: number
  readonly seats: number | undefined
  /** What a bundle consists of today; empty for what is none. */
  readonly parts: readonly BundledPart[]
  readonly domain: string | undefined
  readonly email: string | undefined
  readonly couponCode: string | undefined
  /** The coupon's own metadata; our keys win. */
  readonly couponMetadata: Readonly<Record<string, string>>
  readonly identity: string
  readonly reservationId: string
}

/** The metadata of a purchase in Stripe's form: both spellings of the group, no empty values (Stripe reads them as "remove"). */
export function writePurchaseMetadata(purchase: Purchase): Record<string, string> {
  const purchaseMetadata = {
    group_name: purchase.group,
    group: purchase.group,
    organization_long_name: purchase.groupLongName,
    product_slug: purchase.product.slug,
    product_key: purchase.product.productKey,
    plan: purchase.product.plan,
    license_mode: purchase.mode,
    term_days: String(purchase.termDays),
    managed_products: purchase.seats === undefined ? '' : String(purchase.seats),
    domain: purchase.domain ?? '',
    email: purchase.email ?? '',
    coupon_code: purchase.couponCode ?? '',
    identity: purchase.identity,
    reservation_id: purchase.reservationId,
    ...writeBundleParts(purchase.parts),
  }
  const filled = Object.fromEntries(Object.entries(purchaseMetadata).filter(([, value]) => value !== ''))
  return { ...couponMetadataBeside(filled, purchase.couponMetadata), ...filled }
}

/**
 * True when the metadata was not written by us: a purchase that another application on the same Stripe account made. It may use our words for something
 * else, so what cannot be read is ours only if it names a reservation.
 *
 * @param metadata  as Stripe has it
 */
export function isForeign(metadata: Readonly<Record<string, string>>): boolean {
  if (metadata.reservation_id !== undefined) return false
  const named = metadata.product_slug !== undefined || metadata.product_key !== undefined
  return !(named && PurchaseMetadata.safeParse(metadata).success)
}

/** True when metadata has a word that we write, whatever stands there: then nobody can be certain that it is foreign. */
export function usesOurWords(metadata: Readonly<Record<string, unknown>>): boolean {
  return ['reservation_id', 'product_slug', 'product_key', 'license_type', 'original_license_id'].some((word) => word in metadata)
}
