import { DomainError } from '@licenseoperator/domain'
import type { Coupon } from './coupon.ts'
import type { Product } from './product.ts'

type Seated = Pick<Product, 'pricingMode' | 'maxManagedProducts' | 'bundledProducts'>

/**
 * The seat count a purchase puts on its license.
 *
 * @param asked  `managedProducts` of the request, a whole number of 0 or more
 * @returns the seats bought; without a count a fixed product grants its `maxManagedProducts`; `undefined` = the license has no seat limit
 * @throws DomainError `invalid_payload` naming `managedProducts` when it is missing for a tiered product or outside the bounds
 */
export function seatsFor(product: Seated, coupon: Coupon | undefined, asked: number | undefined): number | undefined {
  if (product.bundledProducts.length > 0) return undefined
  if (asked === undefined || asked === 0) {
    if (product.pricingMode === 'tiered' || coupon?.minManagedProducts !== undefined) throw outside('is required and at least 1')
    return product.maxManagedProducts
  }
  if (!Number.isSafeInteger(asked) || asked < 0) throw outside('must be a whole number of 0 or more')
  const most = Math.min(
    product.maxManagedProducts ?? Number.POSITIVE_INFINITY,
    coupon?.maxManagedProducts ?? Number.POSITIVE_INFINITY,
  )
  if (asked > most) throw outside(`must be at most ${most}`)
  if (coupon?.minManagedProducts !== undefined && asked < coupon.minManagedProducts) {
    throw outside(`must be at least ${coupon.minManagedProducts} for this coupon`)
  }
  return asked
}

function outside(reason: string): DomainError {
  return new DomainError('invalid_payload', `invalid request: managedProducts ${reason}`, { field: 'managedProducts' })
}
