import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { isLive, readStripeEvent, type StripeEvent, translateStripeError } from '@licenseoperator/stripe'
import { z } from 'zod'
import { type EventHandler, type EventOutcome, ignore, type ProcessDeps } from '../handling/event-handler.ts'
import { followFailedInvoice, followSubscription } from '../lifecycle/follow-subscription.ts'
import { recordDispute, recordRefund } from '../lifecycle/record-reversal.ts'
import { issueFromCheckout } from '../purchase/issue-from-checkout.ts'
import { issueFromInvoice } from '../purchase/issue-from-invoice.ts'
import { releaseCheckout } from '../purchase/release-checkout.ts'
import { afterFailure } from './after-failure.ts'
import { isCertainlyForeign } from './certainly-foreign.ts'
import { type HandledEvent, isHandled } from './handled-events.ts'
import { wholeEvent } from './whole-event.ts'

/** A raw event on its way, from JetStream or from MySQL. */
export interface IncomingEvent {
  /** The exact text that Stripe signed. */
  readonly payload: string
  readonly receivedAt: Date
  /** Header `Stripe-Signature`; absent where Stripe's API gave the event. */
  readonly signature?: string | undefined
  /** How often it was tried before, this time included. */
  readonly deliveryCount: number
  /** What it tells of as Stripe has it now, where that was asked: it counts in place of what was sent, which is what stays stored. */
  readonly present?: Readonly<Record<string, unknown>> | undefined
}

const handlers = {
  'checkout.session.completed': issueFromCheckout,
  'checkout.session.async_payment_succeeded': issueFromCheckout,
  'checkout.session.async_payment_failed': releaseCheckout,
  'checkout.session.expired': releaseCheckout,
  'invoice.paid': issueFromInvoice,
  'invoice.payment_succeeded': issueFromInvoice,
  'invoice.payment_failed': followFailedInvoice,
  'customer.subscription.updated': followSubscription,
  'customer.subscription.deleted': followSubscription,
  'charge.refunded': recordRefund,
  'refund.updated': recordRefund,
  'refund.failed': recordRefund,
  'charge.dispute.created': recordDispute,
  'charge.dispute.updated': recordDispute,
  'charge.dispute.closed': recordDispute,
} satisfies Record<HandledEvent, EventHandler>

/**
 * Does what a Stripe event asks for, once, however often and in whatever order it arrives. Safe to repeat at any time.
 *
 * @throws DomainError `temporarily_unavailable` when not even the outcome could be stored: the caller tries again later
 */
export async function processEvent(deps: ProcessDeps, incoming: IncomingEvent): Promise<EventOutcome> {
  const asSent = readStripeEvent(incoming.payload)
  const event = incoming.present === undefined ? asSent : { ...asSent, object: incoming.present }
  const arrived = arrivedEvent(event, incoming)
  try {
    return await handle(deps, event, arrived)
  } catch (error) {
    return parkOrRetry(deps, arrived, translateStripeError(error), incoming.deliveryCount)
  }
}

async function handle(deps: ProcessDeps, incoming: StripeEvent, arrived: stripeEvents.ArrivedEvent): Promise<EventOutcome> {
  const { type } = incoming
  if (!isHandled(type)) return ignore(deps, arrived, 'not a handled event type')
  if (incoming.account !== undefined) return ignore(deps, arrived, 'an event of another account')
  assertMode(deps, incoming)
  const event = await wholeEvent(deps, { ...incoming, type })
  try {
    return await handlers[type](deps, event, arrived)
  } catch (error) {
    // What nobody can read is parked, unless it is certainly none of our business.
    if (!(error instanceof z.ZodError) || !(await isCertainlyForeign(deps, event))) throw error
    return ignore(deps, arrived, 'of another application, in an unknown shape')
  }
}

/** Test payments must not bring licenses where live ones are sold, and the other way round: key and webhook secret are of two modes. */
function assertMode({ stripe, log }: ProcessDeps, { id, livemode }: StripeEvent): void {
  const live = isLive(stripe)
  if (livemode === undefined || live === undefined || livemode === live) return
  const nameOf = (isLiveMode: boolean) => (isLiveMode ? 'live' : 'test')
  const reason = `an event of ${nameOf(livemode)} mode, and the configured key is for ${nameOf(live)} mode`
  log.error('stripe key and webhook are of different modes', { eventId: id, reason })
  throw new DomainError('invalid_payload', `cannot process: ${reason}`)
}

/**
 * Lets an event wait in MySQL for what it needs, instead of being delivered again and again: what is undelivered keeps others from being delivered, and
 * JetStream does not keep it for ever.
 *
 * @throws DomainError `temporarily_unavailable` when it could not be stored
 */
export async function postponeEvent(
  { db, log }: Pick<ProcessDeps, 'db' | 'log'>,
  incoming: IncomingEvent,
  reason: string,
  againAt: Date,
): Promise<void> {
  const arrived = arrivedEvent(readStripeEvent(incoming.payload), incoming)
  await inTransaction(db, (tx) => stripeEvents.postpone(tx, arrived, reason, againAt))
  log.warn('stripe event waits', { eventId: arrived.eventId, type: arrived.type, reason })
}

function arrivedEvent(event: StripeEvent, { payload, receivedAt, signature }: IncomingEvent): stripeEvents.ArrivedEvent {
  const { id, type, apiVersion } = event
  return { eventId: id, type, apiVersion, payload: Buffer.from(payload), receivedAt, signature }
}

async function parkOrRetry(
  deps: ProcessDeps,
  arrived: stripeEvents.ArrivedEvent,
  error: unknown,
  tries: number,
): Promise<EventOutcome> {
  const { eventId } = arrived
  const next = afterFailure(error, tries, deps.reach)
  if (next.kind === 'retry') return { ...next, eventId }
  const { reason } = next
  await inTransaction(deps.db, (tx) => stripeEvents.park(tx, arrived, reason, deps.now()))
  deps.log.error('stripe event parked', { eventId, type: arrived.type, apiVersion: arrived.apiVersion, reason })
  return { kind: 'parked', eventId, reason }
}
