import { type Problem, type Product, type ProductFields, problem, refuseFirst, stripeRecurring } from '@licenseoperator/catalog'
import { prices, type Tx } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { idOf, isUnknownObject, translateStripeError } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'

/** A price that the administrator names is known from now on, also to invoices that come years later. */
export async function recordGivenPrice(tx: Tx, productId: number, fields: ProductFields, now: Date): Promise<void> {
  const { stripePriceId, stripeProductId } = fields
  if (stripePriceId === undefined || stripeProductId === undefined) return
  const { currency, unitAmountMinor, billingInterval, billingIntervalCount } = fields
  const price = { stripePriceId, stripeProductId, currency, unitAmountMinor, billingInterval, billingIntervalCount }
  await prices.replace(tx, productId, price, now)
}

/** A price as Stripe has it, with its product. */
export type GivenPrice = Stripe.Price

/** True when a write names a price that was not compared before. */
export function namesNewPrice(existing: Product | undefined, fields: ProductFields): boolean {
  if (fields.stripePriceId === undefined) return false
  return fields.stripePriceId !== existing?.stripePriceId || fields.stripeProductId !== existing.stripeProductId
}

/**
 * Asks Stripe for the price that a write names, before its transaction.
 *
 * @returns undefined when the write names none that is new
 * @throws DomainError `invalid_payload` for one that Stripe does not know; `temporarily_unavailable` when Stripe is away: a price that nobody has
 *   looked at would be charged whatever the shop shows
 */
export async function askForGivenPrice(
  stripe: Stripe,
  existing: Product | undefined,
  fields: ProductFields,
): Promise<GivenPrice | undefined> {
  const id = fields.stripePriceId
  if (id === undefined || !namesNewPrice(existing, fields)) return undefined
  try {
    return await stripe.prices.retrieve(id, { expand: ['product'] })
  } catch (error) {
    if (isUnknownObject(error)) refuseFirst([problem('names no price at Stripe', 'stripePriceId')])
    throw translateStripeError(error)
  }
}

/**
 * The product with its given price: what the shop shows is what Stripe charges.
 *
 * @param price  what `askForGivenPrice` found
 * @throws DomainError `invalid_payload` naming the field that differs
 */
export function withGivenPrice(
  existing: Product | undefined,
  fields: ProductFields,
  price: GivenPrice | undefined,
): ProductFields {
  if (!namesNewPrice(existing, fields)) return fields
  if (price === undefined || price.id !== fields.stripePriceId)
    throw new DomainError('temporarily_unavailable', 'the product was changed at the same time', { retryAfterSeconds: 1 })
  refuseFirst(givenPriceProblems(fields, price))
  return { ...fields, stripeProductId: idOf(price.product) }
}

/** Where a price at Stripe differs from what the product says. */
export function givenPriceProblems(fields: ProductFields, price: GivenPrice): Problem[] {
  const recurring = stripeRecurring(fields.billingInterval, fields.billingIntervalCount)
  const archived = typeof price.product !== 'string' && (price.product.deleted === true || !price.product.active)
  const checks: readonly (readonly [boolean, string, string])[] = [
    [price.active, 'stripePriceId', 'is archived at Stripe'],
    [price.billing_scheme === 'per_unit' && price.transform_quantity === null, 'stripePriceId', 'does not charge a plain amount'],
    [price.recurring?.usage_type !== 'metered', 'stripePriceId', 'is metered'],
    [price.currency === fields.currency, 'currency', 'is not the currency of the price at Stripe'],
    [price.unit_amount === fields.unitAmountMinor, 'unitAmount', 'is not what the price at Stripe charges'],
    [price.recurring?.interval === recurring?.interval, 'billingInterval', 'is not that of the price at Stripe'],
    [
      price.recurring?.interval_count === recurring?.interval_count,
      fields.billingInterval === 'quarter' ? 'billingInterval' : 'billingIntervalCount',
      'is not that of the price at Stripe',
    ],
    [
      fields.stripeProductId === undefined || fields.stripeProductId === idOf(price.product),
      'stripeProductId',
      'is not the product of the price at Stripe',
    ],
    [!archived, 'stripeProductId', 'is archived at Stripe'],
  ]
  return checks.filter(([fits]) => !fits).map(([, field, message]) => problem(message, field))
}
