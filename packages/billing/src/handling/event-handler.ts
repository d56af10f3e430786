import { type Db, inTransaction, stripeEvents } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import type { Announcement, IssuedReason, RevocationPolicy } from '@licenseoperator/licensing'
import type { KeyRing } from '@licenseoperator/signing'
import type { StripeEvent } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import type { Reach } from '../failures/explain-failure.ts'

/** What every handler of an event works with. */
export interface ProcessDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly keys: KeyRing
  readonly subjectLicenseIssued: string
  /** Whether a license goes when its money does. */
  readonly policy: RevocationPolicy
  /** Where the API is reached; announcements then say where the present state of a license is found. */
  readonly publicBaseUrl?: string | undefined
  /** Where MySQL and Stripe are, for those who read why an event waits. */
  readonly reach?: Reach | undefined
  readonly log: Log
  readonly now: () => Date
}

/**
 * What became of an event. `processed`, `ignored` and `parked` are final and stored; `retry` means that something it needs is away now and
 * nothing was stored.
 */
export type EventOutcome =
  | { readonly kind: 'processed' | 'already' | 'ignored' | 'parked'; readonly eventId: string; readonly reason?: string }
  | { readonly kind: 'retry'; readonly eventId: string; readonly reason: string }

export type EventHandler = (deps: ProcessDeps, event: StripeEvent, arrived: stripeEvents.ArrivedEvent) => Promise<EventOutcome>

/** The processor itself, as the audit log names it. */
export const PROCESSOR = { identity: 'stripe' }

/** How a license is announced. @param renewedUntil  for a renewed maintenance, which announces the same license again */
export function announcementOf(
  { subjectLicenseIssued: subject, publicBaseUrl }: ProcessDeps,
  reason: IssuedReason,
  paidAt: Date,
  renewedUntil?: Date,
): Announcement {
  return { subject, reason, publicBaseUrl, paidAt, renewedUntil }
}

/** Records an event that asks for nothing. */
export async function ignore(
  deps: Pick<ProcessDeps, 'db' | 'now'>,
  arrived: stripeEvents.ArrivedEvent,
  reason: string,
): Promise<EventOutcome> {
  const isNew = await inTransaction(deps.db, (tx) => stripeEvents.markAs(tx, arrived, 'ignored', deps.now(), reason))
  return { kind: isNew ? 'ignored' : 'already', eventId: arrived.eventId, reason }
}

/**
 * Marks an event whose work took more than one transaction, each of which can be repeated: the mark comes last, so that a crash on the way leaves an
 * event that is done once more from the start.
 */
export async function markProcessed(
  deps: Pick<ProcessDeps, 'db' | 'now'>,
  arrived: stripeEvents.ArrivedEvent,
): Promise<EventOutcome> {
  const isNew = await inTransaction(deps.db, (tx) => stripeEvents.markAs(tx, arrived, 'processed', deps.now()))
  return { kind: isNew ? 'processed' : 'already', eventId: arrived.eventId }
}
