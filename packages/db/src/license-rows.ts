import { groupKey } from '@licenseoperator/domain'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { LicensesTable } from './schema.ts'

export type LicenseKind = LicensesTable['kind']

/** A license as it is stored. `text` is exactly what the customer downloads. */
export interface StoredLicense {
  readonly licenseId: string
  /** Names the one purchase, period or act that this license came from. Unique. */
  readonly issuanceKey: string
  readonly groupName: string
  readonly email: string
  readonly productId: number | undefined
  readonly productSlug: string | undefined
  readonly productKey: string
  readonly plan: string
  readonly domain: string | undefined
  readonly kind: LicenseKind
  readonly seats: number | undefined
  readonly priceLocked: boolean
  readonly couponCode: string | undefined
  readonly issuedAt: Date
  readonly expiresAt: Date
  readonly maintenanceExpiresAt: Date | undefined
  readonly state: LicenseState
  /** Until when maintenance lasts without any renewal. */
  readonly maintenanceIncludedUntil: Date | undefined
  /** True while it counts towards its product's cap. */
  readonly takesLicense: boolean
  readonly keyId: string
  readonly text: string
  readonly identity: string | undefined
  readonly stripe: StripeLinks
  /** On what its subscription sold it; undefined for what no subscription paid for and for licenses of older releases. */
  readonly soldAs?: readonly SoldItem[] | undefined
}

/** One item of a subscription as a license was sold on it: what later invoices are compared with. */
const SoldItem = z.object({
  itemId: z.string().optional(),
  priceId: z.string().optional(),
  stripeProductId: z.string().optional(),
  quantity: z.int().nonnegative(),
})
export type SoldItem = z.infer<typeof SoldItem>

/** What became of a license: the result of everything that is known of its purchase, and the operator's own decision. */
export interface LicenseState {
  readonly revokedAt: Date | undefined
  /** A short code, see license-state.ts in packages/licensing. */
  readonly revokedReason: string | undefined
  readonly supersededBy: string | undefined
  /** A dispute over its payment is open. */
  readonly disputed: boolean
  /** An operator revoked it; `revokedAt` follows from this. */
  readonly adminRevokedAt: Date | undefined
  readonly adminRevokedNote: string | undefined
}

/** Stripe's names for where a license came from. */
export interface StripeLinks {
  readonly customerId?: string | undefined
  readonly checkoutSessionId?: string | undefined
  readonly subscriptionId?: string | undefined
  readonly invoiceId?: string | undefined
  readonly paymentIntentId?: string | undefined
}

export type NewLicense = Omit<StoredLicense, 'state' | 'maintenanceIncludedUntil' | 'takesLicense'>

/** A row as the rest of the program knows it. */
export function toLicense(row: Selectable<LicensesTable>): StoredLicense {
  return {
    licenseId: row.license_id,
    issuanceKey: row.issuance_key,
    groupName: row.group_name,
    email: row.email,
    productId: row.product_id ?? undefined,
    productSlug: row.product_slug ?? undefined,
    productKey: row.product_key,
    plan: row.plan,
    domain: row.domain ?? undefined,
    kind: row.kind,
    seats: row.seats ?? undefined,
    priceLocked: row.price_locked === 1,
    couponCode: row.coupon_code ?? undefined,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    maintenanceExpiresAt: row.maintenance_expires_at ?? undefined,
    state: {
      revokedAt: row.revoked_at ?? undefined,
      revokedReason: row.revoked_reason ?? undefined,
      supersededBy: row.superseded_by ?? undefined,
      disputed: row.disputed === 1,
      adminRevokedAt: row.admin_revoked_at ?? undefined,
      adminRevokedNote: row.admin_revoked_note ?? undefined,
    },
    maintenanceIncludedUntil: row.maintenance_included_until ?? undefined,
    takesLicense: row.takes_license === 1,
    keyId: row.key_id,
    text: row.license_text,
    identity: row.identity ?? undefined,
    stripe: {
      customerId: row.stripe_customer_id ?? undefined,
      checkoutSessionId: row.stripe_checkout_session_id ?? undefined,
      subscriptionId: row.stripe_subscription_id ?? undefined,
      invoiceId: row.stripe_invoice_id ?? undefined,
      paymentIntentId: row.stripe_payment_intent_id ?? undefined,
    },
    ...(row.sold_as === null ? {} : { soldAs: z.array(SoldItem).parse(row.sold_as) }),
  }
}

export function toRow(license: NewLicense) {
  return {
    license_id: license.licenseId,
    issuance_key: license.issuanceKey,
    group_key: groupKey(license.groupName),
    group_name: license.groupName,
    email: license.email,
    product_id: license.productId ?? null,
    product_slug: license.productSlug ?? null,
    product_key: license.productKey,
    plan: license.plan,
    domain: license.domain ?? null,
    kind: license.kind,
    seats: license.seats ?? null,
    price_locked: license.priceLocked,
    coupon_code: license.couponCode ?? null,
    issued_at: license.issuedAt,
    expires_at: license.expiresAt,
    maintenance_expires_at: license.maintenanceExpiresAt ?? null,
    revoked_at: null,
    revoked_reason: null,
    superseded_by: null,
    maintenance_included_until: license.maintenanceExpiresAt ?? null,
    key_id: license.keyId,
    license_text: license.text,
    identity: license.identity ?? null,
    stripe_customer_id: license.stripe.customerId ?? null,
    stripe_checkout_session_id: license.stripe.checkoutSessionId ?? null,
    stripe_subscription_id: license.stripe.subscriptionId ?? null,
    stripe_invoice_id: license.stripe.invoiceId ?? null,
    stripe_payment_intent_id: license.stripe.paymentIntentId ?? null,
    sold_as: license.soldAs === undefined ? null : JSON.stringify(license.soldAs),
    updated_at: license.issuedAt,
  }
}
