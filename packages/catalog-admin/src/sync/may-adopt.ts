import type { Product } from '@licenseoperator/catalog'
import { DomainError } from '@licenseoperator/domain'
import { idOf } from '@licenseoperator/stripe'
import { lookupKeyOf } from './ensure-product.ts'
import { OUR_SLUG } from './stripe-catalog.ts'
import type { SyncRun } from './sync-run.ts'

/**
 * A lookup key alone makes nothing at Stripe ours: the account may serve another application that uses the same word. Before anything is changed.
 *
 * @param named  the price that the file names
 * @throws DomainError `invalid_payload` that says what would be done to the price and its product
 */
export async function assertMayAdopt(run: SyncRun, product: Product, named: string | undefined): Promise<void> {
  if (run.adopt) return
  const holder = await run.stripeCatalog.priceWithKey(lookupKeyOf(product))
  if (holder === undefined || holder.metadata[OUR_SLUG] !== undefined || [named, product.stripePriceId].includes(holder.id))
    return
  const productId = idOf(holder.product)
  if (productId === product.stripeProductId) return
  const owner = await run.stripeCatalog.product(productId)
  if (owner === undefined || owner.metadata[OUR_SLUG] !== undefined) return
  throw new DomainError(
    'invalid_payload',
    `lookup key ${lookupKeyOf(product)} belongs at Stripe to price ${holder.id} of product ${productId}, which carry no mark of ours; ` +
      `with --adopt the sync would name the product "${product.name}", mark it as ours, and keep the price if it charges the same, else move the ` +
      'lookup key to a new one and archive it. Otherwise give this product another lookup key',
  )
}
