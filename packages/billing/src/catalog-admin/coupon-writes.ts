import { type CouponRequest, changedCoupon, newCoupon, type Product, refuseField } from '@licenseoperator/catalog'
import { coupons, type Tx } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'

/** The coupons inside a product's request: created, or updated where the code exists; none is deleted. */
export async function upsertCoupons(
  tx: Tx,
  product: Pick<Product, 'id' | 'currency'>,
  requests: readonly CouponRequest[],
  now: Date,
): Promise<void> {
  for (const [index, request] of requests.entries()) {
    if (request.code === undefined) throw refuseField(`coupons[${index}].code`, 'is required')
    const existing = await coupons.findByProductAndCode(tx, product.id, request.code)
    await within(`coupons[${index}]`, async () => {
      if (existing === undefined) await coupons.insert(tx, newCoupon(product, request), now)
      else await coupons.update(tx, existing.id, changedCoupon(product, existing, request), now)
    })
  }
}

/** A coupon's own refusals name its fields; inside a product's request they stand below the coupon's place. */
async function within<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError) || error.field === undefined) throw error
    throw refuseField(`${place}.${error.field}`, error.message.slice(error.message.indexOf(error.field) + error.field.length + 1))
  }
}
