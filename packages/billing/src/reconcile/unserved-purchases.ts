import { inTransaction, products, reading, reconciliation, stripeEvents } from '@licenseoperator/db'
import { planChangeIssuanceKey } from '@licenseoperator/licensing'
import type { Stripe } from 'stripe'
import { isMaintenance } from '../maintenance/maintenance-metadata.ts'
import { readCheckoutSession } from '../payload/checkout-session.ts'
import { readWholeInvoice } from '../payload/read-whole-invoice.ts'
import type { EventOutcome, ProcessDeps } from '../purchase/event-handler.ts'
import { checkoutIssuanceKey, subscriptionIssuanceKey } from '../purchase/issuance-key.ts'
import { processEvent } from '../purchase/process-event.ts'
import { isForeign, PurchaseMetadata } from '../purchase/purchase-metadata.ts'
import { STRIPE_API_VERSION } from '../stripe-client.ts'
import { pages } from './pages.ts'
import type { ReconcileOptions } from './reconcile.ts'

/** A purchase that was paid for, or was free, and brought no license; or a renewal of maintenance that was not recorded. */
export interface UnservedPurchase {
  /** Stripe's session or invoice. */
  readonly paidBy: string
  readonly groupName: string | undefined
  /** The license or payment that should be there. */
  readonly expected: string
  readonly repaired: boolean
  readonly outcome: EventOutcome['kind'] | 'found'
  readonly reason: string | undefined
}

/** What a paid session or invoice should have left here. */
interface Expected {
  readonly paidBy: string
  readonly groupName: string | undefined
  readonly key: string
  /** Renewals of maintenance leave a payment, everything else a license. */
  readonly leaves: 'license' | 'payment'
  /** For an event of our own making, where Stripe has none any more. */
  readonly type: 'checkout.session.completed' | 'invoice.paid'
  readonly object: Stripe.Checkout.Session | Stripe.Invoice
}

/** A session or invoice was made up to a day before it is paid, and Stripe lists by when it was made. */
const MADE_BEFORE_SECONDS = 86_400
const TAKEN_OVER_AFTER_MS = 60_000

/**
 * Walks the paid sessions and invoices of the window and processes again those that left nothing here.
 *
 * @param eventOf  Stripe's event of a session or invoice, by that object's id
 */
export async function unservedPurchases(
  deps: ProcessDeps,
  options: ReconcileOptions,
  eventOf: ReadonlyMap<string, string>,
): Promise<{ checked: number; unserved: UnservedPurchase[] }> {
  const created = { gte: Math.floor(options.since.getTime() / 1000) - MADE_BEFORE_SECONDS }
  const unserved: UnservedPurchase[] = []
  let checked = 0
  const check = async (expected: Expected[]) => {
    for (const one of await missingOf(deps, expected)) unserved.push(await mend(deps, options, one, eventOf.get(one.paidBy)))
    checked += expected.length
    options.onProgress?.('purchases', checked)
  }
  for await (const page of pages((at) => deps.stripe.checkout.sessions.list({ status: 'complete', created, ...at })))
    await check(page.flatMap((session) => ofSession(session) ?? []))
  for await (const page of pages((at) => deps.stripe.invoices.list({ status: 'paid', created, ...at }))) {
    const expected: Expected[] = []
    for (const invoice of page) expected.push(...((await ofInvoice(deps, invoice)) ?? []))
    await check(expected)
  }
  return { checked, unserved }
}

/** A subscription's session is served by its invoice. */
function ofSession(object: Stripe.Checkout.Session): Expected | undefined {
  const session = readCheckoutSession(object)
  if (session.mode !== 'payment' || session.paymentStatus === 'unpaid') return undefined
  const metadata = PurchaseMetadata.safeParse(session.metadata)
  const groupName = metadata.data?.group
  const key = checkoutIssuanceKey(session.id)
  const base = { paidBy: session.id, groupName, key, type: 'checkout.session.completed', object } as const
  if (isMaintenance(session.metadata)) return { ...base, leaves: 'payment' }
  return !metadata.success || isForeign(metadata.data) ? undefined : { ...base, leaves: 'license' }
}

async function ofInvoice(deps: ProcessDeps, object: Stripe.Invoice): Promise<Expected[] | undefined> {
  const invoice = await readWholeInvoice(deps.stripe, object)
  const { subscriptionId, period, billingReason } = invoice
  const metadata = PurchaseMetadata.safeParse(invoice.metadata)
  if (subscriptionId === undefined || period === undefined || !metadata.success) return undefined
  const { priceId } = invoice
  if (
    isForeign(metadata.data) &&
    (priceId === undefined || (await reading(() => products.findByReference(deps.db, priceId))) === undefined)
  )
    return undefined
  const base = { paidBy: invoice.id, groupName: metadata.data.group, type: 'invoice.paid', object } as const
  const license = (key: string): Expected[] => [{ ...base, key, leaves: 'license' }]
  const auto = metadata.data.license_mode === 'perpetual_auto'
  if (billingReason === 'subscription_create') return license(subscriptionIssuanceKey(subscriptionId, period.start))
  if (billingReason === 'subscription_cycle')
    return auto
      ? [{ ...base, key: `invoice:${invoice.id}`, leaves: 'payment' }]
      : license(subscriptionIssuanceKey(subscriptionId, period.start))
  return billingReason === 'subscription_update' && !auto ? license(planChangeIssuanceKey(subscriptionId, invoice.id)) : undefined
}

async function missingOf({ db }: ProcessDeps, expected: readonly Expected[]): Promise<Expected[]> {
  const keysOf = (leaves: Expected['leaves']) => expected.filter((one) => one.leaves === leaves).map(({ key }) => key)
  const [issued, recorded] = await reading(() =>
    Promise.all([reconciliation.issuedKeys(db, keysOf('license')), reconciliation.recordedKeys(db, keysOf('payment'))]),
  )
  return expected.filter(({ key, leaves }) => !(leaves === 'license' ? issued : recorded).has(key))
}

async function mend(
  deps: ProcessDeps,
  { dryRun }: ReconcileOptions,
  missing: Expected,
  eventId: string | undefined,
): Promise<UnservedPurchase> {
  const named = { paidBy: missing.paidBy, groupName: missing.groupName, expected: missing.key }
  if (dryRun) return { ...named, repaired: false, outcome: 'found', reason: undefined }
  const payload = JSON.stringify(eventId === undefined ? ownEvent(missing) : await deps.stripe.events.retrieve(eventId))
  const now = deps.now()
  // Whatever the event's mark says: the license is not there.
  await inTransaction(deps.db, (tx) =>
    stripeEvents.reopen(tx, eventId ?? ownEventId(missing), new Date(now.getTime() + TAKEN_OVER_AFTER_MS)),
  )
  const { kind, reason } = await processEvent(deps, { payload, receivedAt: now, deliveryCount: 1 })
  const repaired = (await missingOf(deps, [missing])).length === 0
  return { ...named, repaired, outcome: kind, reason }
}

/** Stripe keeps events for 30 days. What is older is told by an event of our own, made of the object itself. */
function ownEvent(missing: Expected): object {
  const { type, object } = missing
  return {
    id: ownEventId(missing),
    object: 'event',
    type,
    api_version: STRIPE_API_VERSION,
    created: object.created,
    data: { object },
  }
}

function ownEventId({ paidBy }: Expected): string {
  return `reconcile_${paidBy}`
}
