import { type Coupon, isCapped, type LicenseMode, licenseModeOf, type Product } from '@licenseoperator/catalog'
import { type Caller, groupKey } from '@licenseoperator/domain'
import { digest, type ScarceOrder } from './scarce-sessions.ts'
import type { SessionPlan } from './session-params.ts'

/** The session, and what an order is told by. */
export interface PlannedSession extends SessionPlan {
  readonly seats: number | undefined
  readonly domain: string | undefined
}

/** What makes two requests the same order: who asks, for whom, and everything that the session would sell. */
export function orderOf(caller: Caller, group: string, plan: PlannedSession): ScarceOrder {
  const { product, coupon, mode, amountMinor, seats, domain } = plan
  const parts = [product.id, product.stripePriceId, coupon?.id, mode, amountMinor, seats, domain]
  return {
    scarce: scarceOf(product, coupon, mode),
    groupKey: groupKey(group),
    identityKey: digest(caller.identity),
    orderKey: digest(caller.identity, groupKey(group), ...parts),
  }
}

export function isScarce({ scarce }: Pick<ScarceOrder, 'scarce'>): boolean {
  return scarce.productId !== undefined || scarce.couponId !== undefined
}

/** What of a sale others wait for: a license of a cap, a redemption of a quota. */
function scarceOf(product: Product, coupon: Coupon | undefined, mode: LicenseMode): ScarceOrder['scarce'] {
  const hasQuota = coupon?.maxTotal !== undefined || coupon?.maxPerGroup !== undefined
  return {
    productId: isCapped(mode) && product.maxLicenseTotal !== undefined ? product.id : undefined,
    couponId: hasQuota ? coupon?.id : undefined,
  }
}

/** A `product_override` coupon is always paid once, so a license bought with one renews its maintenance by hand. */
export function modeOf(product: Product, coupon: Coupon | undefined): LicenseMode {
  const mode = licenseModeOf(product)
  return mode === 'perpetual_auto' && coupon?.behavior === 'product_override' ? 'perpetual_manual' : mode
}

/** A session that holds something others wait for ends soon; Stripe allows 30 minutes to 24 hours. */
const SCARCE_SESSION_MS = 60 * 60_000
const SESSION_MS = 23 * 60 * 60_000

/** When a session for this ends, paid or not. */
export function sessionEndsAt(now: Date, product: Product, coupon: Coupon | undefined): Date {
  const scarce = scarceOf(product, coupon, modeOf(product, coupon))
  return new Date(now.getTime() + (isScarce({ scarce }) ? SCARCE_SESSION_MS : SESSION_MS))
}
