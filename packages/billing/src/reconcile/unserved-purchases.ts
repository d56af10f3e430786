import { inTransaction, reading, reconciliation, stripeEvents } from '@licenseoperator/db'
import { DomainError, isDomainError, paymentKeyOfInvoice } from '@licenseoperator/domain'
import {
  isInvoiceId,
  isUnknownObject,
  pages,
  readCheckoutSession,
  readStripeEvent,
  readWholeInvoice,
  waitOutRateLimit,
} from '@licenseoperator/stripe'
import { checkoutIssuanceKey, isForeign, isMaintenance, PurchaseMetadata } from '@licenseoperator/terms'
import type { Stripe } from 'stripe'
import { z } from 'zod'
import { ownEvent, ownEventId, type Telling } from '../events/own-event.ts'
import { metadataOf, presentInvoice, presentSession } from '../events/present-object.ts'
import { TAKEN_OVER_AFTER_MS } from '../events/process-again.ts'
import { processEvent } from '../events/process-event.ts'
import type { EventOutcome, ProcessDeps } from '../handling/event-handler.ts'
import { readPaidInvoice } from '../purchase/issue-from-invoice.ts'
import type { ReconcileOptions } from './reconcile-options.ts'

/** A purchase that was paid for, or was free, and brought no license; or a renewal of maintenance that was not recorded. */
export interface UnservedPurchase {
  /** Stripe's session or invoice. */
  readonly paidBy: string
  readonly groupName: string | undefined
  /** The license or payment that should be there. */
  readonly expected: string
  readonly repaired: boolean
  /** `discarded`: an operator has decided that it is not to be served. */
  readonly outcome: EventOutcome['kind'] | 'found' | 'discarded'
  readonly reason: string | undefined
}

/** What a paid session or invoice should have left here. */
interface Expected {
  readonly paidBy: string
  readonly groupName: string | undefined
  readonly key: string
  /** Renewals of maintenance leave a payment, everything else a license. */
  readonly leaves: 'license' | 'payment'
  readonly object: Stripe.Checkout.Session | Stripe.Invoice
}

/** As if heard of ever so long ago: what an invoice should have left is asked now, and does not wait for the purchase that it changes. */
const NO_WAITING = new Date(0)
const DAY_SECONDS = 86_400
/** Stripe keeps events for 30 days: so long they name what was paid, however long before it was made. */
const EVENTS_KEPT_SECONDS = 29 * DAY_SECONDS
/** Stripe lists by when a session or invoice was made: a session up to a day before it is paid, an invoice as long as its payment is tried again. */
const MADE_BEFORE_SECONDS = { named: DAY_SECONDS, unnamed: 60 * DAY_SECONDS }

/**
 * Walks the paid sessions and invoices of the window and processes again those that left nothing here.
 *
 * @param tellingOf  Stripe's events of a session or invoice, the newest first, by that object's id
 * @param young      ids of sessions and invoices whose events are still under way
 */
export async function unservedPurchases(
  deps: ProcessDeps,
  options: ReconcileOptions,
  tellingOf: ReadonlyMap<string, readonly string[]>,
  young: ReadonlySet<string>,
): Promise<{ checked: number; unserved: UnservedPurchase[] }> {
  const unserved: UnservedPurchase[] = []
  const walked = new Set<string>()
  let checked = 0
  const check = async (expected: Expected[]) => {
    const missing = await missingOf(deps, expected)
    for (const purchase of missing) {
      options.signal?.throwIfAborted()
      unserved.push(await mend(deps, options, purchase, tellingOf.get(purchase.paidBy) ?? []))
    }
    checked += expected.length
    options.onProgress?.('purchases', checked)
  }
  const created = { gte: madeSince(deps, options) }
  for await (const page of pages(
    (at) => deps.stripe.checkout.sessions.list({ status: 'complete', created, ...at }),
    options.signal,
  )) {
    for (const { id } of page) walked.add(id)
    await check(page.flatMap((session) => (young.has(session.id) ? [] : (ofSession(session) ?? []))))
  }
  for await (const page of pages((at) => deps.stripe.invoices.list({ status: 'paid', created, ...at }), options.signal)) {
    const expected: Expected[] = []
    for (const invoice of page) {
      walked.add(invoice.id)
      if (young.has(invoice.id)) continue
      expected.push(...(await ofInvoice(deps, invoice)))
    }
    await check(expected)
  }
  for (const paidBy of tellingOf.keys()) if (!walked.has(paidBy)) await check(await ofPaid(deps, paidBy))
  return { checked, unserved }
}

/** @returns Unix seconds */
function madeSince({ now }: ProcessDeps, { since }: ReconcileOptions): number {
  const start = Math.floor(since.getTime() / 1000)
  const named = start >= Math.floor(now().getTime() / 1000) - EVENTS_KEPT_SECONDS
  return start - (named ? MADE_BEFORE_SECONDS.named : MADE_BEFORE_SECONDS.unnamed)
}

/** What was made long before it was paid. */
async function ofPaid(deps: ProcessDeps, paidBy: string): Promise<Expected[]> {
  const { stripe } = deps
  try {
    return isInvoiceId(paidBy)
      ? await ofInvoice(deps, await waitOutRateLimit(() => stripe.invoices.retrieve(paidBy)))
      : [ofSession(await waitOutRateLimit(() => stripe.checkout.sessions.retrieve(paidBy)))].filter(
          (purchase) => purchase !== undefined,
        )
  } catch (error) {
    if (isUnknownObject(error)) return []
    throw error
  }
}

/** A subscription's session is served by its invoice. */
function ofSession(object: Stripe.Checkout.Session): Expected | undefined {
  const session = readCheckoutSession(object)
  if (session.mode !== 'payment' || session.paymentStatus === 'unpaid') return undefined
  const metadata = PurchaseMetadata.safeParse(session.metadata)
  const groupName = metadata.data?.group
  const key = checkoutIssuanceKey(session.id)
  const base = { paidBy: session.id, groupName, key, object } as const
  if (isMaintenance(session.metadata)) return { ...base, leaves: 'payment' }
  return isForeign(session.metadata) ? undefined : { ...base, leaves: 'license' }
}

async function ofInvoice(deps: ProcessDeps, object: Stripe.Invoice): Promise<Expected[]> {
  const invoice = await readWholeInvoice(deps.stripe, object)
  const groupName = PurchaseMetadata.safeParse(invoice.metadata).data?.group
  const base = { paidBy: invoice.id, groupName, object } as const
  try {
    const paid = await readPaidInvoice(deps, invoice, NO_WAITING)
    if (paid.asksFor === 'nothing') return []
    return paid.asksFor === 'maintenance'
      ? [{ ...base, key: paid.renewal.payment.paymentKey, leaves: 'payment' }]
      : [{ ...base, key: paid.purchase.issuanceKey, leaves: 'license' }]
  } catch (error) {
    if (isDomainError(error, 'temporarily_unavailable') || !(error instanceof DomainError || error instanceof z.ZodError))
      throw error
    // Paid for, and nobody can be served: processing it again says why.
    return [{ ...base, key: paymentKeyOfInvoice(invoice.id), leaves: 'license' }]
  }
}

async function missingOf({ db }: ProcessDeps, expected: readonly Expected[]): Promise<Expected[]> {
  const keysOf = (leaves: Expected['leaves']) => expected.filter((purchase) => purchase.leaves === leaves).map(({ key }) => key)
  const [issued, recorded] = await reading(() =>
    Promise.all([reconciliation.issuedKeys(db, keysOf('license')), reconciliation.recordedKeys(db, keysOf('payment'))]),
  )
  return expected.filter(({ key, leaves }) => !(leaves === 'license' ? issued : recorded).has(key))
}

async function mend(
  deps: ProcessDeps,
  { dryRun }: ReconcileOptions,
  missing: Expected,
  telling: readonly string[],
): Promise<UnservedPurchase> {
  const named = { paidBy: missing.paidBy, groupName: missing.groupName, expected: missing.key, repaired: false }
  const decided = await reading(() => stripeEvents.discardedOf(deps.db, [...telling, ownEventId(missing.paidBy)]))
  if (decided !== undefined) return { ...named, outcome: 'discarded', reason: decided }
  if (dryRun) return { ...named, outcome: 'found', reason: undefined }
  const stripeEvent = await newestAtStripe(deps, telling)
  // Metadata that was mended since is not in what Stripe lists of an invoice.
  const object = await presentOf(deps, missing.object, stripeEvent?.payload)
  const again = object.object === 'invoice' ? await ofInvoice(deps, object) : [{ ...missing, object }]
  const { id, payload, receivedAt } = stripeEvent ?? (await ownEvent(deps, object))
  const againAt = new Date(deps.now().getTime() + TAKEN_OVER_AFTER_MS)
  // Whatever the event's mark says: the license is not there.
  await inTransaction(deps.db, (tx) => stripeEvents.reopen(tx, id, againAt))
  const { kind, reason } = await processEvent(deps, { payload, present: { ...object }, receivedAt, deliveryCount: 1 })
  const repaired = again.length > 0 && (await missingOf(deps, again)).length === 0
  return { ...named, repaired, outcome: kind, reason }
}

async function presentOf(
  { stripe }: ProcessDeps,
  object: Expected['object'],
  telling: string | undefined,
): Promise<Expected['object']> {
  if (object.object === 'invoice') return waitOutRateLimit(() => presentInvoice(stripe, object))
  const eventMetadata = telling === undefined ? undefined : metadataOf(readStripeEvent(telling).object)
  return waitOutRateLimit(() => presentSession(stripe, object, eventMetadata))
}

/** The newest: an older one may have been made before the money was there. */
async function newestAtStripe({ db, stripe }: ProcessDeps, [newest]: readonly string[]): Promise<Telling | undefined> {
  if (newest === undefined) return undefined
  const stored = await reading(() => stripeEvents.find(db, newest))
  // What nobody vouches for says nothing: Stripe has the event.
  if (stored?.unverified === false) return { id: newest, payload: stored.payload.toString(), receivedAt: stored.receivedAt }
  try {
    const event = await waitOutRateLimit(() => stripe.events.retrieve(newest))
    return { id: newest, payload: JSON.stringify(event), receivedAt: new Date(event.created * 1000) }
  } catch (error) {
    if (isUnknownObject(error)) return undefined
    throw error
  }
}
