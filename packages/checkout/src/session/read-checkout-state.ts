import { type Db, licenses, payments, reading, reservations } from '@licenseoperator/db'
import { assertScope, type Caller, DomainError, isDomainError, isMember, isSysadmin, type Surface } from '@licenseoperator/domain'
import { checkoutIssuanceKey } from '@licenseoperator/terms'
import type { Stripe } from 'stripe'
import { followSession } from './session-of-reservation.ts'

export interface CheckoutStateDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  readonly now: () => Date
  /** Bounds how often Stripe is asked about one session. `take` throws DomainError `rate_limited` when it was asked a moment ago. */
  readonly asks: { take(sessionId: string): Promise<void> }
  /** Told that Stripe could not be asked. */
  readonly onUnknown: (sessionId: string) => void
}

/**
 * What became of a checkout session.
 *
 * @property status  `open`: not known to be gone through; `processing`: gone through, its license comes; `complete`: its licenses are there; `expired`
 * @property licenseIds  of a bundle its own first
 */
export interface CheckoutState {
  readonly sessionId: string
  readonly status: 'open' | 'processing' | 'complete' | 'expired'
  readonly licenseIds: readonly string[]
}

/**
 * Whether a checkout session has its license yet, and which: once, for a period, or renewed. From our own rows, with one exception: between the payment and
 * its webhook they cannot tell a session that was gone through from one that is still open, so Stripe is asked about a hold, and what it says is written
 * down. While it cannot be asked the session counts as open.
 *
 * @throws DomainError `not_found`, the same for an unknown session and one of a foreign group; `insufficient_scope`; `temporarily_unavailable`
 */
export async function readCheckoutState(deps: CheckoutStateDeps, caller: Caller, sessionId: string): Promise<CheckoutState> {
  assertScope(caller, 'payments:read', deps.requiredScopes)
  const known = (await reading(() => bought(deps.db, sessionId))) ?? (await reading(() => held(deps.db, sessionId)))
  if (known === undefined || !(isSysadmin(caller) || isMember(caller, known.group)))
    throw new DomainError('not_found', 'checkout session not found')
  if ('licenseIds' in known) return { sessionId, status: 'complete', licenseIds: known.licenseIds }
  return { sessionId, status: await statusOf(deps, known.reservation, sessionId), licenseIds: [] }
}

/** What a session paid for: its licenses, or the one whose maintenance it renewed. */
async function bought(db: Db, sessionId: string): Promise<{ group: string; licenseIds: string[] } | undefined> {
  const paidFor = await licenses.listByCheckoutSession(db, sessionId)
  const [first] = paidFor
  if (first !== undefined) return { group: first.groupName, licenseIds: paidFor.map(({ licenseId }) => licenseId) }
  const payment = await payments.find(db, checkoutIssuanceKey(sessionId))
  const renewedId = /^maintenance:(?<id>.+)$/.exec(payment?.issuanceKey ?? '')?.groups?.id
  const renewed = renewedId === undefined ? undefined : await licenses.findById(db, renewedId)
  return renewed && { group: renewed.groupName, licenseIds: [renewed.licenseId] }
}

async function held(db: Db, sessionId: string): Promise<{ group: string; reservation: reservations.Reservation } | undefined> {
  const reservation = await reservations.findBySession(db, sessionId)
  return reservation && { group: reservation.groupKey, reservation }
}

async function statusOf(
  deps: CheckoutStateDeps,
  reservation: reservations.Reservation,
  sessionId: string,
): Promise<'open' | 'processing' | 'expired'> {
  if (reservation.status === 'released') return 'expired'
  // Consumed without a license under this session: its invoice came first, and the session's own event tells them apart from others in a moment.
  if (reservation.status === 'consumed' || reservation.sessionCompletedAt !== undefined) return 'processing'
  try {
    await deps.asks.take(sessionId)
    const found = await followSession(deps, reservation)
    if (found === 'released') return 'expired'
    return found === 'completed' || found === 'no longer held' ? 'processing' : 'open'
  } catch (error) {
    // Whoever waits for a license asks again anyway; a refusal would tell them less than our rows do.
    if (!isDomainError(error, 'rate_limited')) deps.onUnknown(sessionId)
    return 'open'
  }
}
