import {
  type Coupon,
  type CouponFields,
  type CouponRequest,
  changedCoupon,
  checkedCoupon,
  couponProblems,
  fieldsOfCoupon,
  newCoupon,
  type Product,
  type ProductFields,
  refuseField,
} from '@licenseoperator/catalog'
import { audit, coupons, type Tx } from '@licenseoperator/db'
import { type Caller, DomainError } from '@licenseoperator/domain'

type Owner = Pick<Product, 'id' | 'slug' | 'currency' | 'unitAmountMinor' | 'pricingMode'>

/** What a write of a coupon is recorded under. */
export interface CouponWriter {
  readonly caller: Pick<Caller, 'identity' | 'requestId'>
  readonly now: Date
}

/** @returns the new coupon's id @throws DomainError `invalid_payload` naming the field; see also `coupons.isCodeTaken` */
export async function insertCoupon(tx: Tx, writer: CouponWriter, product: Owner, request: CouponRequest): Promise<number> {
  return storeCoupon(tx, writer, product, newCoupon(product, request))
}

/**
 * @returns the coupon as it was when its promotion code at Stripe stands for it no longer
 * @throws DomainError `invalid_payload` naming the field; see also `coupons.isCodeTaken`
 */
export async function changeCoupon(
  tx: Tx,
  writer: CouponWriter,
  product: Owner,
  existing: Coupon,
  request: CouponRequest,
): Promise<Coupon | undefined> {
  const after = changedCoupon(product, existing, request)
  await restoreCoupon(tx, writer, product, existing, after)
  return existing.stripePromotion?.promotionId === after.stripePromotion?.promotionId ? undefined : existing
}

/** The one way by which a new coupon is stored, whether it comes over HTTP or from the configuration file. */
export async function storeCoupon(tx: Tx, { caller, now }: CouponWriter, product: Owner, fields: CouponFields): Promise<number> {
  const after = checkedCoupon(product, fields)
  const id = await coupons.insert(tx, after, now)
  await audit.record(tx, { at: now, caller, action: 'coupon.created', subject: couponSubject(product.slug, id), after })
  return id
}

/** The one way by which a coupon is changed. */
export async function restoreCoupon(
  tx: Tx,
  { caller, now }: CouponWriter,
  product: Owner,
  existing: Coupon,
  fields: CouponFields,
): Promise<void> {
  const after = checkedCoupon(product, fields)
  await coupons.update(tx, existing.id, after, now)
  const [before, subject] = [fieldsOfCoupon(existing), couponSubject(product.slug, existing.id)]
  await audit.record(tx, { at: now, caller, action: 'coupon.updated', subject, before, after })
}

/**
 * The coupons inside a product's request: created, or updated where the code exists; none is deleted.
 *
 * @returns coupons as they were whose promotion codes at Stripe stand for them no longer
 */
export async function upsertCoupons(
  tx: Tx,
  writer: CouponWriter,
  product: Owner,
  requests: readonly CouponRequest[],
): Promise<Coupon[]> {
  const outdated: Coupon[] = []
  for (const [index, request] of requests.entries()) {
    if (request.code === undefined) throw refuseField(`coupons[${index}].code`, 'is required')
    const existing = await coupons.findByProductAndCode(tx, product.id, request.code)
    await within(`coupons[${index}]`, async () => {
      if (existing === undefined) return void (await insertCoupon(tx, writer, product, request))
      const was = await changeCoupon(tx, writer, product, existing, request)
      if (was !== undefined) outdated.push(was)
    })
  }
  return outdated
}

/**
 * After a change of a product and of its coupons: what can be redeemed leaves a price that Stripe charges, in the product's currency. A coupon that could
 * not be redeemed before keeps nobody from changing the product.
 *
 * @throws DomainError `invalid_payload` naming the field of the product that cannot be changed
 */
export async function keepCouponsGood(tx: Tx, before: Product, after: ProductFields): Promise<void> {
  for (const coupon of await coupons.listActiveOf(tx, [before.id])) {
    if (couponProblems(after, coupon).length === 0 || couponProblems(before, coupon).length > 0) continue
    const fields = ['currency', 'pricingMode'] as const
    const field = fields.find((name) => before[name] !== after[name]) ?? 'unitAmount'
    throw refuseField(field, `cannot be changed: the coupon ${coupon.code}, which is active, could not be redeemed any more`)
  }
}

export function couponSubject(slug: string, couponId: number) {
  return `coupon:${slug}/${couponId}` as const
}

/** A coupon's own refusals name its fields; inside a product's request they stand below the coupon's place. */
async function within(place: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof DomainError) || error.field === undefined) throw error
    throw refuseField(`${place}.${error.field}`, error.message.slice(error.message.indexOf(error.field) + error.field.length + 1))
  }
}
