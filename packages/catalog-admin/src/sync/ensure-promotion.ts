import { createHash } from 'node:crypto'
import type { Coupon, Product, StripePromotion } from '@licenseoperator/catalog'
import { coupons, inTransaction } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import type { Stripe } from 'stripe'
import { OUR_CODE, OUR_SLUG, type PromotionCode } from './stripe-catalog.ts'
import { change, Outdated, type SyncRun } from './sync-run.ts'

/** Metadata key of a promotion code that we switched off because its coupon or product was. */
const RETIRED = 'licenseoperator_retired'

/**
 * Makes the coupon's discount be redeemable at Stripe under its code. Found by stored id, by the code with the same terms, and its Stripe coupon by
 * our metadata. Terms cannot change at Stripe: a code of ours with other terms is switched off, and a new one made.
 *
 * @throws DomainError `invalid_payload` when the code stands for something at Stripe that is not ours to switch off
 */
export async function ensurePromotion(run: SyncRun, product: Product, coupon: Coupon): Promise<void> {
  const promotion = coupon.stripePromotion
  if (promotion === undefined) return
  const { slug } = product
  const stored = promotion.promotionId === undefined ? undefined : await run.stripeCatalog.promotionCode(promotion.promotionId)
  if (stored !== undefined) return activate(run, slug, stored)
  const taken = await findTaken(run, product, coupon, promotion)
  if (taken !== undefined) {
    if (!run.dryRun) await remember(run, coupon, couponIdOf(taken), taken.id)
    run.note({ slug, action: 'promotion_adopted', id: taken.id, detail: coupon.code })
    return
  }
  const couponId = await ensureCoupon(run, product, coupon, promotion)
  const code = await change(run, { slug, action: 'promotion_created', detail: coupon.code }, () =>
    run.stripe.promotionCodes.create(
      {
        promotion: { type: 'coupon', coupon: couponId ?? '' },
        code: coupon.code,
        ...(promotion.maxRedemptions === undefined ? {} : { max_redemptions: promotion.maxRedemptions }),
        metadata: { [OUR_SLUG]: slug, [OUR_CODE]: codeKey(coupon) },
      },
      { idempotencyKey: `${keyOf(coupon)}-code-${promotion.promotionId ?? 'new'}` },
    ),
  )
  if (code !== undefined && couponId !== undefined) await remember(run, coupon, couponId, code.id)
}

/** Nobody is to redeem the code at Stripe any more. It stays, and is switched on again with its coupon. */
export async function retirePromotion(run: SyncRun, slug: string, promotionId: string): Promise<void> {
  const code = await run.stripeCatalog.promotionCode(promotionId)
  if (code?.active !== true) return
  await change(run, { slug, action: 'promotion_deactivated', id: code.id, detail: code.code }, () =>
    run.stripe.promotionCodes.update(code.id, { active: false, metadata: { [RETIRED]: 'yes' } }),
  )
}

/** Only what we have switched off, so that a code that an administrator has stopped at Stripe, or that is used up, stays so. */
async function activate(run: SyncRun, slug: string, code: PromotionCode): Promise<void> {
  if (code.active || code.metadata?.[RETIRED] === undefined) return
  await change(run, { slug, action: 'promotion_activated', id: code.id, detail: code.code }, () =>
    run.stripe.promotionCodes.update(code.id, { active: true, metadata: { [RETIRED]: '' } }),
  )
}

/** The active code at Stripe that this coupon may stand for; one of ours that it may not is switched off. */
async function findTaken(run: SyncRun, product: Product, coupon: Coupon, promotion: StripePromotion) {
  for (const code of await run.stripeCatalog.activePromotionCodes(coupon.code)) {
    if (sameOffer(code, promotion)) return code
    if (code.metadata?.[OUR_SLUG] !== product.slug) {
      throw new DomainError('invalid_payload', `promotion code ${coupon.code} is taken at Stripe by ${code.id} with other terms`)
    }
    await change(run, { slug: product.slug, action: 'promotion_deactivated', id: code.id, detail: code.code }, () =>
      run.stripe.promotionCodes.update(code.id, { active: false }),
    )
  }
  return undefined
}

/** @returns undefined when a dry run would create it */
async function ensureCoupon(
  run: SyncRun,
  { slug }: Product,
  coupon: Coupon,
  promotion: StripePromotion,
): Promise<string | undefined> {
  const named = promotion.couponId === undefined ? undefined : await run.stripeCatalog.coupon(promotion.couponId)
  if (named !== undefined) return named.id
  const existing = (await run.stripeCatalog.couponsOf(slug, codeKey(coupon))).find(
    (stripeCoupon) => stripeCoupon.valid && sameDiscount(stripeCoupon, promotion),
  )
  if (existing !== undefined) {
    run.note({ slug, action: 'coupon_adopted', id: existing.id, detail: coupon.code })
    return existing.id
  }
  const created = await change(run, { slug, action: 'coupon_created', detail: coupon.code }, () =>
    run.stripe.coupons.create(discountParams(slug, coupon, promotion), {
      idempotencyKey: `${keyOf(coupon)}-${promotion.couponId ?? 'new'}`,
    }),
  )
  return created?.id
}

/** The discount of a coupon, to be made at Stripe. */
export function discountParams(slug: string, coupon: Coupon, promotion: StripePromotion): Stripe.CouponCreateParams {
  return {
    name: coupon.code.slice(0, 40),
    duration: promotion.duration ?? 'once',
    ...(promotion.percentOff === undefined ? {} : { percent_off: promotion.percentOff }),
    ...(promotion.amountOff === undefined ? {} : { amount_off: promotion.amountOff }),
    ...(promotion.currency === undefined ? {} : { currency: promotion.currency }),
    ...(promotion.durationInMonths === undefined ? {} : { duration_in_months: promotion.durationInMonths }),
    metadata: { [OUR_SLUG]: slug, [OUR_CODE]: codeKey(coupon) },
  }
}

async function remember({ db }: SyncRun, coupon: Coupon, couponId: string, promotionId: string): Promise<void> {
  const promotion = { ...coupon.stripePromotion, couponId, promotionId }
  const written = await inTransaction(db, (tx) => coupons.setStripePromotion(tx, coupon.id, promotion, coupon.revision))
  if (!written) throw new Outdated()
}

/** Whether a code at Stripe may stand for a coupon: the same terms, as often. */
export function sameOffer(code: PromotionCode, promotion: StripePromotion): boolean {
  const { coupon } = code.promotion
  if (coupon === null || typeof coupon === 'string') return false
  if ((code.max_redemptions ?? undefined) !== promotion.maxRedemptions) return false
  return promotion.couponId === undefined ? sameDiscount(coupon, promotion) : coupon.id === promotion.couponId
}

export function sameDiscount(stripeCoupon: Stripe.Coupon, promotion: StripePromotion): boolean {
  return (
    (stripeCoupon.percent_off ?? undefined) === promotion.percentOff &&
    (stripeCoupon.amount_off ?? undefined) === promotion.amountOff &&
    (promotion.amountOff === undefined || stripeCoupon.currency === promotion.currency) &&
    stripeCoupon.duration === (promotion.duration ?? 'once') &&
    (stripeCoupon.duration_in_months ?? undefined) === promotion.durationInMonths
  )
}

function couponIdOf({ promotion: { coupon } }: PromotionCode): string {
  return typeof coupon === 'string' ? coupon : (coupon?.id ?? '')
}

/** Metadata holds 500 characters, and codes are matched without regard to case. */
export function codeKey({ code }: Coupon): string {
  return code.toLowerCase().slice(0, 500)
}

/** Lets two runs at once make one discount. Codes may hold letters that no header can carry, hence the digest. */
export function keyOf({ id, code, stripePromotion, updatedAt }: Coupon): string {
  const { couponId: _coupon, promotionId: _code, ...discount } = stripePromotion ?? {}
  const digest = createHash('sha256')
    .update(JSON.stringify([code, discount]))
    .digest('hex')
  return `sync-coupon-${id}-${digest.slice(0, 16)}-${updatedAt.getTime()}`
}
