import type { Product } from '@licenseoperator/catalog'
import {
  audit,
  inTransaction,
  licenseEnds,
  licenses,
  payments,
  products,
  reading,
  stripeEvents,
  type Tx,
  trials,
} from '@licenseoperator/db'
import { groupKey, licenseIdOf } from '@licenseoperator/domain'
import { announceLicense, deriveLicenses, lockPurchase, type PreparedLicense, prepareLicense } from '@licenseoperator/licensing'
import { draftOf, type PaidPurchase, partsBought, unserved } from '@licenseoperator/terms'
import { announcementOf, type EventOutcome, PROCESSOR, type ProcessDeps } from '../handling/event-handler.ts'
import { consumeReservation } from './consume-reservation.ts'

/**
 * Stores and announces the license of a purchase: event, reservation, licenses, payment, audit and outbox in one transaction. The issuance key
 * decides: the first event of the purchase issues, every other one only adds what it knows.
 *
 * @throws DomainError when the purchase cannot be served; the caller parks the event with that reason
 */
export async function issuePurchase(
  deps: ProcessDeps,
  arrived: stripeEvents.ArrivedEvent,
  purchase: PaidPurchase,
): Promise<EventOutcome> {
  // Signing costs a millisecond of a core, so a purchase that was served already is not signed again.
  const served = await reading(() => licenses.findByIssuanceKey(deps.db, purchase.issuanceKey))
  const prepared = served === undefined ? await prepare(deps, purchase) : []
  const groupName = served?.groupName ?? purchase.metadata.group
  const now = deps.now()
  const { subscriptionId, paymentIntentId } = purchase.links
  const isNew = await inTransaction(deps.db, async (tx) => {
    await lockPurchase(tx, subscriptionId ?? paymentIntentId ?? purchase.issuanceKey)
    if (!(await stripeEvents.markAs(tx, arrived, 'processed', now))) return false
    const issued = prepared.length > 0 && (await storeAll(tx, prepared))
    if (issued) {
      const [main] = prepared
      if (main !== undefined && (await consumeReservation(tx, purchase, main, now)))
        await licenses.setTakesLicense(tx, main.license.licenseId, true)
      if (purchase.startsFree === true && main !== undefined) await recordTrial(tx, main, now)
      const after = { issuanceKey: purchase.issuanceKey, licenseIds: prepared.map(({ license }) => license.licenseId) }
      await audit.record(tx, { at: now, caller: PROCESSOR, action: 'license.issued', subject: `event:${arrived.eventId}`, after })
    } else {
      await licenses.fillStripeLinks(tx, purchase.issuanceKey, purchase.links)
    }
    // A trial's invoice of zero pays for nothing and is no payment.
    if (purchase.payment.amountTotalMinor > 0) await payments.record(tx, paymentOf(purchase, groupName), now)
    if (purchase.ends !== undefined) await licenseEnds.record(tx, purchase.ends, now)
    // What became known before: a refund, a dispute, the end of the subscription, a change of plan.
    const { issuanceKey } = purchase
    await deriveLicenses(tx, { issuanceKey }, { policy: deps.policy, actor: PROCESSOR, now })
    if (subscriptionId !== undefined && purchase.ends !== undefined)
      await deriveLicenses(tx, { subscriptionId, endedAt: purchase.ends.endedAt }, { policy: deps.policy, actor: PROCESSOR, now })
    if (issued) await announceAll(deps, tx, purchase, prepared)
    return true
  })
  if (!isNew) return { kind: 'already', eventId: arrived.eventId }
  deps.log.info('purchase processed', {
    eventId: arrived.eventId,
    issuanceKey: purchase.issuanceKey,
    licenseIds: prepared.map(({ license }) => license.licenseId),
  })
  return { kind: 'processed', eventId: arrived.eventId }
}

async function prepare(deps: ProcessDeps, purchase: PaidPurchase): Promise<PreparedLicense[]> {
  const product = await boughtProduct(deps, purchase)
  const draft = draftOf(purchase, product)
  const main = await prepareLicense(deps.keys, draft, licenseIdOf(draft.issuanceKey, draft.issuedAt))
  const components: PreparedLicense[] = []
  for (const { productKey, quantity, managedProducts, slug, plan } of partsBought(purchase.metadata, product)) {
    const bought = slug === undefined ? undefined : await reading(() => products.findBySlug(deps.db, slug))
    const part = bought ?? (await reading(() => products.findComponents(deps.db, productKey, product.type, { retired: true })))[0]
    if (part === undefined) throw unserved(`bundle component ${productKey} is not in the catalog`)
    const seats = managedProducts ?? part.maxManagedProducts
    for (let copy = 0; copy < quantity; copy += 1) {
      const issuanceKey = `${purchase.issuanceKey}#${components.length + 1}`
      const ofPart = { issuanceKey, productId: part.id, productSlug: part.slug, productKey, plan: plan ?? part.plan, seats }
      components.push(await prepareLicense(deps.keys, { ...draft, ...ofPart }, licenseIdOf(issuanceKey, draft.issuedAt)))
    }
  }
  return [main, ...components]
}

/** The product that was bought, also when it has been deactivated or re-priced since. */
async function boughtProduct(deps: ProcessDeps, { metadata, priceId }: PaidPurchase): Promise<Product> {
  const reference = metadata.product_slug ?? priceId
  if (reference === undefined) throw unserved('the purchase names no product')
  const product = await reading(() =>
    metadata.product_slug === undefined ? products.findByReference(deps.db, reference) : products.findBySlug(deps.db, reference),
  )
  if (product === undefined) throw unserved(`product ${reference} is not in the catalog`)
  return product
}

/** All licenses of the purchase or none: the first one's issuance key stands for them all. */
async function storeAll(tx: Tx, prepared: readonly PreparedLicense[]): Promise<boolean> {
  for (const [index, preparedLicense] of prepared.entries()) {
    if (await licenses.insert(tx, preparedLicense.license)) continue
    if (index === 0) return false
    throw unserved('a part of the bundle was issued before')
  }
  return true
}

/** Last, because what is revoked by what was known before is not announced as bought. */
async function announceAll(
  deps: ProcessDeps,
  tx: Tx,
  { issuanceKey, reason, payment }: PaidPurchase,
  prepared: readonly PreparedLicense[],
): Promise<void> {
  const stored = await licenses.listByPurchase(tx, issuanceKey)
  const revoked = new Set(stored.filter(({ state }) => state.revokedReason !== undefined).map(({ licenseId }) => licenseId))
  for (const preparedLicense of prepared)
    await announceLicense(
      tx,
      announcementOf(deps, reason, payment.paidAt),
      preparedLicense,
      deps.now(),
      revoked.has(preparedLicense.license.licenseId),
    )
}

/** One trial per group, whoever grants it. Checkouts decide before they offer one; a subscription that was given a further one at Stripe is served. */
async function recordTrial(tx: Tx, { license }: PreparedLicense, now: Date): Promise<void> {
  const { groupName, licenseId, productKey, expiresAt } = license
  await trials.insert(tx, { groupKey: groupKey(groupName), licenseId, productKey, expiresAt }, now)
}

function paymentOf(purchase: PaidPurchase, groupName: string | undefined): payments.NewPayment {
  const { links } = purchase
  return {
    ...purchase.payment,
    issuanceKey: purchase.issuanceKey,
    capturedAt: purchase.payment.paidAt,
    groupName,
    stripeInvoiceId: links.invoiceId,
    stripePaymentIntentId: links.paymentIntentId,
    stripeCustomerId: links.customerId,
    stripeCheckoutSessionId: links.checkoutSessionId,
    stripeSubscriptionId: links.subscriptionId,
  }
}
