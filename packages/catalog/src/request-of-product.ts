import type { Product } from './product.ts'
import { fieldsOfProduct } from './product-fields.ts'
import type { ProductRequest } from './product-request.ts'

/** The request that would leave a product as it is: what a change by single fields starts from, because an absent field may mean "clear it". */
export function requestOfProduct(product: Product): ProductRequest {
  const { unitAmountMinor, baseAmountMinor, ...same } = fieldsOfProduct(product)
  // A base that is the price follows it.
  const base = baseAmountMinor === unitAmountMinor ? {} : { baseAmount: baseAmountMinor }
  return { ...same, unitAmount: unitAmountMinor, ...base }
}
