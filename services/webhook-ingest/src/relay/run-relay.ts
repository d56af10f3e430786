import { type Reach, whyFailed } from '@licenseoperator/billing'
import { type Db, inTransaction, outbox } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import { DUPLICATE_WINDOW_MS } from '@licenseoperator/events'
import { every } from '../every.ts'

export interface RelayDeps {
  readonly db: Db
  /** Publishes with a message id and resolves after the PubAck; publishing an id twice stores it once. */
  readonly publish: (message: { subject: string; data: Uint8Array; messageId: string }) => Promise<void>
  /** True when the stream holds the message id already; asked for messages older than the stream's duplicate window. */
  readonly isPublished: (message: { subject: string; messageId: string; since: Date }) => Promise<boolean>
  /** Where MySQL and NATS are, for the log. */
  readonly reach?: Reach | undefined
  readonly log: Log
  readonly now: () => Date
  /** Name of this relay in its leases. */
  readonly owner: string
}

/** How long the rows of the outbox that a relay claimed are its own; no lease of those that have names. */
const CLAIM_MS = 30_000
const BATCH = 50
const IDLE_MS = 250
/** An hour shorter than the stream's own, so that no message is published on the window's word alone when it is about to end. */
const TRUSTED_WINDOW_MS = DUPLICATE_WINDOW_MS - 60 * 60_000

/**
 * Publishes what transactions announced: claims messages by a lease in one short transaction, publishes outside it, and marks them only after
 * the PubAck. A crash anywhere publishes again under the same message id, which the stream stores once. Any number of relays can run.
 */
export function runRelay(deps: RelayDeps, signal: AbortSignal): Promise<void> {
  return every(
    IDLE_MS,
    signal,
    () => relayOnce(deps),
    (error) => deps.log.warn('announcements wait', { reason: whyFailed(error, deps.reach) }),
  )
}

/** One round. @returns how many messages were published */
export async function relayOnce(deps: RelayDeps): Promise<number> {
  const now = deps.now()
  const lease = { owner: deps.owner, now, until: new Date(now.getTime() + CLAIM_MS), limit: BATCH }
  const messages = await inTransaction(deps.db, (tx) => outbox.claim(tx, lease))
  if (messages.length === 0) return 0
  const outcomes = await Promise.allSettled(messages.map((message) => publishOne(deps, message)))
  const published = messages.filter((_, index) => outcomes[index]?.status === 'fulfilled').map((message) => message.id)
  const failed = messages.filter((_, index) => outcomes[index]?.status === 'rejected')
  await inTransaction(deps.db, async (tx) => {
    await outbox.markPublished(tx, published, deps.now())
    await outbox.postpone(
      tx,
      failed.map((message) => message.id),
      deps.owner,
      new Date(deps.now().getTime() + backoffMs(failed[0]?.attempts ?? 0)),
    )
  })
  if (failed.length > 0) {
    const { reason: error } = outcomes.find((outcome) => outcome.status === 'rejected') ?? {}
    const reason = whyFailed(error, deps.reach)
    deps.log.warn('announcements could not be published, they stay in the outbox', { count: failed.length, reason })
  }
  return published.length
}

async function publishOne(deps: RelayDeps, message: outbox.OutboxMessage): Promise<void> {
  const { subject, messageId, createdAt } = message
  const old = deps.now().getTime() - createdAt.getTime() > TRUSTED_WINDOW_MS
  if (old && (await deps.isPublished({ subject, messageId, since: createdAt }))) return
  await deps.publish({ subject, messageId, data: message.payload })
}

function backoffMs(attempts: number): number {
  return Math.min(30_000, 250 * 2 ** Math.min(attempts, 7))
}
