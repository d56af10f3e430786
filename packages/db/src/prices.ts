import type { Product } from '@licenseoperator/catalog'
import type { Reader, Tx } from './schema.ts'

export interface Price {
  readonly stripePriceId: string
  readonly stripeProductId: string
  readonly currency: string
  readonly unitAmountMinor: number | undefined
  readonly billingInterval: Product['billingInterval']
  readonly billingIntervalCount: number
}

/** Records the Stripe price a product sells at from now on; its earlier prices stay known but inactive. Safe to repeat. */
export async function replace(tx: Tx, productId: number, price: Price, now: Date): Promise<void> {
  await tx
    .updateTable('prices')
    .set({ active: false })
    .where('product_id', '=', productId)
    .where('stripe_price_id', '!=', price.stripePriceId)
    .execute()
  await tx
    .insertInto('prices')
    .values({
      stripe_price_id: price.stripePriceId,
      product_id: productId,
      stripe_product_id: price.stripeProductId,
      currency: price.currency,
      unit_amount_minor: price.unitAmountMinor ?? null,
      billing_interval: price.billingInterval,
      billing_interval_count: price.billingIntervalCount,
      active: true,
      created_at: now,
    })
    .onDuplicateKeyUpdate({ active: true })
    .execute()
}

/** True for a price that the product was sold at once and is not any more. */
export async function isReplaced(db: Reader, productId: number, stripePriceId: string): Promise<boolean> {
  const row = await db
    .selectFrom('prices')
    .select('active')
    .where('stripe_price_id', '=', stripePriceId)
    .where('product_id', '=', productId)
    .executeTakeFirst()
  return row?.active === 0
}
