import { licenses, payments, reading } from '@licenseoperator/db'
import {
  isCheckoutSessionId,
  isInvoiceId,
  isPaymentIntentId,
  isPriceId,
  isStripeProductId,
  isSubscriptionId,
  type StripeEvent,
} from '@licenseoperator/stripe'
import { sellsOneOf, sellsOneOfProducts, usesOurWords } from '@licenseoperator/terms'
import type { ProcessDeps } from '../handling/event-handler.ts'
import { sellsOurProduct } from '../purchase/issue-from-checkout.ts'

/** How deep and how much of an unknown shape is looked at. */
const MOST_VALUES = 5000

/**
 * Whether an object whose shape nobody can read is another application's all the same: it says what it is for, in metadata or by prices, and none of that is
 * ours, nor is anything that it names known here. What says nothing, or more than was looked at, is not certain, and is for people to look at.
 *
 * @throws what Stripe and MySQL throw
 */
export async function isCertainlyForeign(deps: ProcessDeps, { type, object }: StripeEvent): Promise<boolean> {
  const found = lookThrough(object)
  if (!found.isWhole || found.metadata.some(usesOurWords)) return false
  if (await namesSomethingOfOurs(deps, found.texts)) return false
  const [prices, stripeProducts] = [idsAmong(found.texts, isPriceId), idsAmong(found.texts, isStripeProductId)]
  if ((await sellsOneOf(deps.db, prices)) || (await sellsOneOfProducts(deps.db, stripeProducts))) return false
  const { id } = object
  if (type.startsWith('checkout.session.') && typeof id === 'string' && (await sellsOurProduct(deps, { id, metadata: {} })))
    return false
  return prices.length + stripeProducts.length > 0 || found.metadata.some((metadata) => Object.keys(metadata).length > 0)
}

async function namesSomethingOfOurs({ db }: ProcessDeps, texts: ReadonlySet<string>): Promise<boolean> {
  for (const id of idsAmong(texts, isSubscriptionId))
    if ((await reading(() => licenses.endsOfSubscription(db, id))) !== undefined) return true
  for (const id of idsAmong(texts, isCheckoutSessionId))
    if ((await reading(() => licenses.findByCheckoutSession(db, id))) !== undefined) return true
  const invoices = idsAmong(texts, isInvoiceId)
  const intents = idsAmong(texts, isPaymentIntentId)
  for (const names of [
    ...invoices.map((invoiceId) => ({ invoiceId, paymentIntentId: undefined })),
    ...intents.map((paymentIntentId) => ({ invoiceId: undefined, paymentIntentId })),
  ])
    if ((await reading(() => payments.findByStripe(db, names))) !== undefined) return true
  return false
}

function idsAmong(texts: ReadonlySet<string>, isOfKind: (text: string) => boolean): string[] {
  return [...texts].filter((text) => isOfKind(text) && /^[\x21-\x7e]{1,255}$/.test(text))
}

/** All texts of an object, and every `metadata` in it, wherever they stand; not whole where there is more, here or at Stripe. */
function lookThrough(object: Readonly<Record<string, unknown>>) {
  const texts = new Set<string>()
  const metadata: Readonly<Record<string, unknown>>[] = []
  const queue: unknown[] = [object]
  let hasMore = false
  for (let at = 0; at < queue.length && at < MOST_VALUES; at += 1) {
    const value = queue[at]
    if (typeof value === 'string') texts.add(value)
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'metadata' && typeof inner === 'object' && inner !== null) metadata.push({ ...inner })
      if (key === 'has_more' && inner === true) hasMore = true
      queue.push(inner)
    }
  }
  return { texts, metadata, isWhole: !hasMore && queue.length <= MOST_VALUES }
}
