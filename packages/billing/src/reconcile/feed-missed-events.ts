import { reading, stripeEvents } from '@licenseoperator/db'
import { pages } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { handledEvents } from '../events/handled-events.ts'
import { processEvent } from '../events/process-event.ts'
import type { EventOutcome, ProcessDeps } from '../handling/event-handler.ts'
import type { ReconcileOptions } from './reconcile-options.ts'

export interface MissedEvent {
  readonly eventId: string
  readonly type: string
  /** What became of it; `found` in a dry run. */
  readonly outcome: EventOutcome['kind'] | 'found'
  readonly reason: string | undefined
}

export interface MissedEvents {
  /** At Stripe, of the types that we handle. */
  readonly found: number
  readonly known: number
  readonly missing: readonly MissedEvent[]
  /** Of the missing ones, those that are processed now, or ask for nothing. */
  readonly repaired: number
  /** The events that tell of a paid session or invoice, the newest first, by that object's id. */
  readonly tellingOf: ReadonlyMap<string, readonly string[]>
  /** Ids of what the events tell of that are too young to be looked at. */
  readonly young: ReadonlySet<string>
}

const TELLS_OF_PAYMENT = new Set([
  ...['checkout.session.completed', 'checkout.session.async_payment_succeeded'],
  ...['invoice.paid', 'invoice.payment_succeeded'],
])
/** An event that waits for another is tried again once the others are through. */
const ROUNDS = 3

/** Walks Stripe's own list of events and processes those that never arrived, as if they had. Their order decides nothing. */
export async function feedMissedEvents(deps: ProcessDeps, options: ReconcileOptions): Promise<MissedEvents> {
  const { since, dryRun, onProgress, signal, minAgeMs = 0 } = options
  const missing = new Map<string, MissedEvent>()
  const tellingOf = new Map<string, string[]>()
  const young = new Set<string>()
  const leftAloneSince = (deps.now().getTime() - minAgeMs) / 1000
  let [found, known] = [0, 0]
  const query = { created: { gte: Math.floor(since.getTime() / 1000) }, types: [...handledEvents] }
  for await (const page of pages((at) => deps.stripe.events.list({ ...query, ...at }), signal)) {
    const statuses = await reading(() =>
      stripeEvents.statusesOf(
        deps.db,
        page.map(({ id }) => id),
      ),
    )
    for (const event of page) {
      signal?.throwIfAborted()
      if (minAgeMs > 0 && event.created > leftAloneSince) {
        if ('id' in event.data.object) young.add(String(event.data.object.id))
        continue
      }
      found += 1
      if (TELLS_OF_PAYMENT.has(event.type) && 'id' in event.data.object) {
        const objectId = String(event.data.object.id)
        tellingOf.set(objectId, [...(tellingOf.get(objectId) ?? []), event.id])
      }
      if (statuses.has(event.id)) known += 1
      else missing.set(event.id, dryRun ? { ...named(event), outcome: 'found' } : await process(deps, event))
    }
    onProgress?.('events', found)
  }
  for (let round = 2; round <= ROUNDS; round += 1) {
    const waiting = [...missing.values()].filter(({ outcome }) => outcome === 'retry')
    for (const { eventId } of waiting) {
      signal?.throwIfAborted()
      missing.set(eventId, await process(deps, await deps.stripe.events.retrieve(eventId)))
    }
  }
  const all = [...missing.values()]
  const done = all.filter(({ outcome }) => outcome === 'processed' || outcome === 'ignored' || outcome === 'already')
  return { found, known, missing: all, repaired: done.length, tellingOf, young }
}

async function process(deps: ProcessDeps, event: Stripe.Event): Promise<MissedEvent> {
  const outcome = await processEvent(deps, { payload: JSON.stringify(event), receivedAt: deps.now(), deliveryCount: 1 })
  return { ...named(event), outcome: outcome.kind, reason: outcome.reason }
}

function named({ id, type }: Stripe.Event): Pick<MissedEvent, 'eventId' | 'type' | 'reason'> {
  return { eventId: id, type, reason: undefined }
}
