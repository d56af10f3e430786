import { byItself, type Cause, type Emulation } from '../core/emulation.ts'
import type { StoredSession } from '../core/stored-session.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { Session } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

/** Closes an open session. @throws StripeError 400 when it is no longer open */
export function expireSession(emulation: Emulation, { session }: StoredSession, cause: Cause = byItself): Session {
  if (session.status !== 'open') {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
      'session',
    )
  }
  session.status = 'expired'
  session.url = null
  emit(emulation, cause, 'checkout.session.expired', session)
  return session
}

/** Lets an open session expire at its time. */
export function expireInTime(emulation: Emulation, stored: StoredSession): void {
  emulation.clock.at(stored.session.expires_at * 1000, () => {
    if (stored.session.status === 'open') expireSession(emulation, stored)
  })
}
