import { licenses, reading, stripeEvents } from '@licenseoperator/db'
import { readStripeEvent, type StripeEvent } from '@licenseoperator/stripe'
import { processAgain } from '../events/process-again.ts'
import { isStripeEvent } from '../events/refuse-message.ts'
import type { ProcessDeps } from '../handling/event-handler.ts'
import type { ReconcileOptions } from './reconcile-options.ts'

/**
 * Several events tell of one purchase. Once one of them, or something else, brought its license, the others that were parked have nothing to ask any more and
 * are processed, which only fills in what they know. Costs no request while nothing was served.
 */
export async function closeServed(deps: ProcessDeps, { dryRun, signal }: ReconcileOptions, most: number): Promise<void> {
  if (dryRun) return
  for (const { eventId } of await reading(() => stripeEvents.list(deps.db, { status: 'parked', unverified: false }, most))) {
    signal?.throwIfAborted()
    const event = await reading(() => stripeEvents.find(deps.db, eventId))
    if (event !== undefined && (await asksForNothing(deps, event))) await processAgain(deps, event)
  }
}

/** Anybody may have published what nobody vouches for: whatever it says, it was never read, and it is no purchase that was served. */
async function asksForNothing(deps: ProcessDeps, { unverified, payload }: stripeEvents.StoredEvent): Promise<boolean> {
  const text = payload.toString()
  return !unverified && isStripeEvent(text) && (await isServed(deps, readStripeEvent(text)))
}

async function isServed({ db }: ProcessDeps, { type, object }: StripeEvent): Promise<boolean> {
  const { id, subscription } = object
  if (typeof id !== 'string') return false
  if (type.startsWith('invoice.')) return (await reading(() => licenses.findByInvoice(db, id))) !== undefined
  if (!type.startsWith('checkout.session.')) return false
  const ofSubscription = typeof subscription === 'string' ? subscription : undefined
  return (
    (await reading(() => licenses.findByCheckoutSession(db, id))) !== undefined ||
    (ofSubscription !== undefined && (await reading(() => licenses.findOneOfSubscription(db, ofSubscription))) !== undefined)
  )
}
