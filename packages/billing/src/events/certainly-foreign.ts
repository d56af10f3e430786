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
import { idsAmong, lookThrough } from './look-through.ts'

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
