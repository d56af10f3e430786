import { idOf, isInvoiceId, STRIPE_API_VERSION, waitOutRateLimit } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import type { ProcessDeps } from '../handling/event-handler.ts'
import { presentInvoice, presentSession } from './present-object.ts'

/** An event that tells of a purchase. It waits for others since it was first heard of, and not since each run anew. */
export interface Telling {
  readonly id: string
  readonly payload: string
  readonly receivedAt: Date
}

type Paid = Stripe.Checkout.Session | Stripe.Invoice

const PREFIX = 'reconcile_'

/** The id of the event that we make for a paid session or invoice where Stripe has none any more. */
export function ownEventId(paidBy: string): string {
  return `${PREFIX}${paidBy}`
}

/** Whether reconcile makes events of this id. Who else does is another question: the bytes of such an event prove nothing. */
export function isOwnEventId(eventId: string): boolean {
  return eventId.startsWith(PREFIX)
}

/** Stripe keeps events for 30 days. What is older is told by an event of our own, made of the object itself and dated by its payment. */
export async function ownEvent(deps: Pick<ProcessDeps, 'stripe'>, object: Paid): Promise<Telling> {
  const id = ownEventId(object.id)
  const type = object.object === 'invoice' ? 'invoice.paid' : 'checkout.session.completed'
  const created = (await paidAt(deps, object)) ?? object.created
  const payload = JSON.stringify({ id, object: 'event', type, api_version: STRIPE_API_VERSION, created, data: { object } })
  return { id, payload, receivedAt: new Date(created * 1000) }
}

/**
 * Makes an event of ours once more, of nothing but what Stripe has now.
 *
 * @returns undefined for what was not bought (yet)
 * @throws what Stripe throws, also when it knows no such object
 */
export async function retellOwnEvent({ stripe }: Pick<ProcessDeps, 'stripe'>, eventId: string): Promise<Telling | undefined> {
  const paidBy = eventId.slice(PREFIX.length)
  if (isInvoiceId(paidBy)) return ownEvent({ stripe }, await presentInvoice(stripe, await stripe.invoices.retrieve(paidBy)))
  const session = await stripe.checkout.sessions.retrieve(paidBy)
  return session.status === 'complete' ? ownEvent({ stripe }, await presentSession(stripe, session)) : undefined
}

/** @returns Unix seconds; undefined for what was free */
async function paidAt({ stripe }: Pick<ProcessDeps, 'stripe'>, object: Paid): Promise<number | undefined> {
  if (object.object === 'invoice') return object.status_transitions.paid_at ?? undefined
  const { payment_intent: intent } = object
  if (intent === null) return undefined
  const { latest_charge: charge } = await waitOutRateLimit(() =>
    stripe.paymentIntents.retrieve(idOf(intent), { expand: ['latest_charge'] }),
  )
  return typeof charge === 'object' ? charge?.created : undefined
}
