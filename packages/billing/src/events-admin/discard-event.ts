import { audit, type Db, inTransaction, reading, stripeEvents } from '@licenseoperator/db'
import { assertSysadmin, type Caller, DomainError } from '@licenseoperator/domain'

/**
 * Puts an event aside that will never be served, e.g. because the money was given back. It keeps its bytes and can still be replayed.
 *
 * @param reason  for those who look at it later
 * @throws DomainError `forbidden`; `not_found`; `invalid_payload` for one that is processed or ignored already
 */
export async function discardEvent(
  { db, now }: { db: Db; now: () => Date },
  caller: Caller,
  eventId: string,
  reason: string,
): Promise<void> {
  assertSysadmin(caller)
  const event = await reading(() => stripeEvents.find(db, eventId))
  if (event === undefined) throw new DomainError('not_found', 'resource not found')
  const at = now()
  const discarded = await inTransaction(db, async (tx) => {
    if (!(await stripeEvents.discard(tx, eventId, reason, at))) return false
    const before = { status: event.status, reason: event.reason }
    await audit.record(tx, { at, caller, action: 'event.discarded', subject: `event:${eventId}`, before, after: { reason } })
    return true
  })
  if (!discarded) throw new DomainError('invalid_payload', `invalid request: the event is ${event.status}, nothing waits`)
}
