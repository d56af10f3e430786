import type { Coupon, Product } from '@licenseoperator/catalog'
import { coupons, type Db, products, reading } from '@licenseoperator/db'
import { type BundledPart, bundledParts } from '../parts/bundled-parts.ts'

/** A product as administrators see it. */
export interface AdminProduct {
  readonly product: Product
  /** All of them, inactive ones included. */
  readonly coupons: readonly Coupon[]
  /** What a bundle consists of. */
  readonly bundled: readonly BundledPart[]
}

/** @throws TypeError when the product is gone, which nothing here makes happen: products are never deleted */
export async function readAdminProduct(db: Db, id: number): Promise<AdminProduct> {
  return reading(async () => {
    const product = await products.findById(db, id)
    if (product === undefined) throw new TypeError('a product has disappeared')
    return { product, coupons: await coupons.listAllOf(db, [id]), bundled: await bundledParts(db, product) }
  })
}
