import { type Product, priceOf } from '@licenseoperator/catalog'

/** More seats than this are not looked for: a price that is the same for all of them says nothing. A product may have more (`MAX_SEATS`). */
const SEATS_LOOKED_THROUGH = 10_000

/**
 * How many seats of a tiered product a price at Stripe pays for, where no checkout of ours wrote it down.
 *
 * @param unitAmountMinor  price of one unit; undefined where tiers at Stripe price each seat
 * @param quantity         of the line
 * @returns undefined when nobody can tell
 */
export function seatsOfPrice(product: Product, unitAmountMinor: number | undefined, quantity: number): number | undefined {
  if (unitAmountMinor === undefined) return quantity
  const seats = mostSeatsFor(product, unitAmountMinor)
  if (seats !== undefined) return seats * quantity
  // A price for each seat.
  return quantity > 1 || priceOf(product, quantity) === unitAmountMinor * quantity ? quantity : undefined
}

/** The most seats that the shop sells for this total: a flat tier reaches up to its bound. */
function mostSeatsFor(product: Product, amountMinor: number): number | undefined {
  if (amountMinor <= 0 || priceOf(product, SEATS_LOOKED_THROUGH) === amountMinor) return undefined
  for (let seats = SEATS_LOOKED_THROUGH - 1; seats > 0; seats -= 1) if (priceOf(product, seats) === amountMinor) return seats
  return undefined
}
