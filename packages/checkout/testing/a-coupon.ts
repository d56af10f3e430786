import type { CouponFields } from '@licenseoperator/catalog'
import { coupons, inTransaction, products } from '@licenseoperator/db'
import type { Counter } from './a-counter.ts'

/** Gives a product on sale a promotion of 25 % for its first payment. @param terms  what of it the test is about: at least its code */
export async function promote(
  { database: { db } }: Pick<Counter, 'database'>,
  slug: string,
  terms: Pick<CouponFields, 'code'> & Partial<CouponFields>,
): Promise<void> {
  const product = await products.findBySlug(db, slug)
  if (product === undefined) throw new Error(`${slug} is not on sale`)
  const promotion: CouponFields = {
    productId: product.id,
    active: true,
    behavior: 'stripe_promotion',
    metadata: {},
    stripePromotion: { percentOff: 25, duration: 'once' },
    ...terms,
  }
  await inTransaction(db, (tx) => coupons.insert(tx, promotion, new Date()))
}

/** How often a coupon is redeemed or held. */
export async function couponsTaken({ database: { db } }: Pick<Counter, 'database'>, code: string): Promise<number | undefined> {
  return (await db.selectFrom('coupons').select('taken').where('code', '=', code).executeTakeFirst())?.taken
}
