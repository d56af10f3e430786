import { MOST_BUNDLE_PARTS, type Product, priceOf } from '@licenseoperator/catalog'
import type { Sold } from './our-line.ts'
import { inDoubt, type PaidUnits } from './paid-units.ts'
import type { PurchaseMetadata } from './purchase-metadata.ts'
import { seatsOfPrice } from './seats-of-price.ts'

/** Licenses of parts that one period may bring: a quantity at Stripe knows no limit, and each part is signed, stored and announced in one transaction. */
export const MOST_PARTS_OF_A_SALE = 5 * MOST_BUNDLE_PARTS

/**
 * What is paid for: what was bought, unless the plan or the quantity was changed at Stripe since. Read from the invoice or session alone, never from the
 * subscription as it is by now, so a late invoice brings what it was paid for.
 *
 * Another product's price switches to that product, with its own seats: those it grants, or where tiers decide those that were paid for. A quantity above
 * one multiplies the seats of one unit, and the parts of a bundle.
 *
 * @param boughtProduct  the product that was bought
 * @param soldBefore     on what it was sold: another price of the same tiered product pays for other seats
 * @returns the metadata as it would be had this been bought at once
 * @throws DomainError `invalid_payload` when nobody can tell how many seats a price of a tiered product pays for, or it would be more parts than one sale brings
 */
export function entitlementOf(
  bought: PurchaseMetadata,
  boughtProduct: Product | undefined,
  units: Pick<PaidUnits, 'product' | 'quantity' | 'line'>,
  soldBefore: readonly Sold[] = [],
): PurchaseMetadata {
  const { product: paidFor, quantity, line } = units
  if (paidFor === undefined || paidFor.id === boughtProduct?.id) {
    const seats = seatsBought(bought, boughtProduct)
    const repriced = boughtProduct && seatsOfOtherPrice(boughtProduct, units, soldBefore, seats)
    return repriced === undefined
      ? times({ ...bought, managed_products: seats }, boughtProduct ?? paidFor, quantity)
      : { ...bought, managed_products: repriced }
  }
  const { product_key: _key, plan: _plan, managed_products: _seats, bundle_parts: _parts, ...kept } = bought
  const switched = { ...kept, product_slug: paidFor.slug }
  if (paidFor.pricingMode !== 'tiered') return times({ ...switched, managed_products: seatsOf(paidFor) }, paidFor, quantity)
  const seats = seatsOfPrice(paidFor, line.unitAmountMinor, quantity)
  if (seats === undefined) throw inDoubt(`how many seats of ${paidFor.slug} its price pays for is not known`)
  return { ...switched, managed_products: seats }
}

function seatsOfOtherPrice(
  boughtProduct: Product,
  { line, quantity }: Pick<PaidUnits, 'quantity' | 'line'>,
  soldBefore: readonly Sold[],
  seats: number | undefined,
): number | undefined {
  const isOther = soldBefore.length > 0 && soldBefore.every(({ item }) => item.priceId !== line.priceId)
  if (boughtProduct.pricingMode !== 'tiered' || !isOther || priceOf(boughtProduct, seats) === line.unitAmountMinor)
    return undefined
  return seatsOfPrice(boughtProduct, line.unitAmountMinor, quantity)
}

/**
 * Seats that were bought. A purchase that went through our checkout says so itself, also by saying nothing: a limit that the product got later does not
 * reach it. Others get what the product grants.
 */
export function seatsBought(bought: PurchaseMetadata, product: Product | undefined): number | undefined {
  if (bought.managed_products !== undefined || bought.license_mode !== undefined) return bought.managed_products
  return product && seatsOf(product)
}

function seatsOf(product: Product): number | undefined {
  return product.bundledProducts.length > 0 ? undefined : product.maxManagedProducts
}

function times(metadata: PurchaseMetadata, product: Product | undefined, quantity: number): PurchaseMetadata {
  if (quantity <= 1) return metadata
  const parts = metadata.bundle_parts ?? product?.bundledProducts.map(partOf) ?? []
  const partsInAll = parts.reduce((sum, [, count]) => sum + count * quantity, 0)
  if (partsInAll > MOST_PARTS_OF_A_SALE) throw inDoubt(`${partsInAll} parts of bundles are more than ${MOST_PARTS_OF_A_SALE}`)
  return {
    ...metadata,
    ...(metadata.managed_products === undefined ? {} : { managed_products: metadata.managed_products * quantity }),
    ...(parts.length === 0 ? {} : { bundle_parts: parts.map(([key, count, ...rest]) => [key, count * quantity, ...rest]) }),
  }
}

function partOf({
  productKey,
  quantity,
  managedProducts,
}: Product['bundledProducts'][number]): NonNullable<PurchaseMetadata['bundle_parts']>[number] {
  return [productKey, quantity, managedProducts ?? null]
}
