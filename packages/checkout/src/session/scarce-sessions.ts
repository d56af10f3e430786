import { createHash } from 'node:crypto'
import { type Db, locks, reading, reservations, type Tx, trials } from '@licenseoperator/db'
import { type Caller, DomainError, isSysadmin } from '@licenseoperator/domain'
import { translateStripeError } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { followSession } from './session-of-reservation.ts'

/** How many unpaid sessions one may have at once for the same scarce thing: else one member could keep all of it from everybody else. */
export interface OpenSessionLimits {
  readonly perGroup: number
  readonly perIdentity: number
}

export const OPEN_SESSIONS: OpenSessionLimits = { perGroup: 3, perIdentity: 10 }

/**
 * The bounds of one order. Of few licenses a group holds half at most, so that there is always something for others; and an operator asks for everybody,
 * as a shop with one service identity for all its customers does.
 *
 * @param cap  the product's, where it has one that the order counts towards
 */
export function limitsOf(configured: OpenSessionLimits | undefined, caller: Caller, cap: number | undefined): OpenSessionLimits {
  const { perGroup, perIdentity } = configured ?? OPEN_SESSIONS
  return {
    perGroup: cap === undefined ? perGroup : Math.max(1, Math.min(perGroup, Math.ceil(cap / 2))),
    perIdentity: isSysadmin(caller) ? Number.POSITIVE_INFINITY : perIdentity,
  }
}

/** Who orders what; scarce is what has a cap (a product's licenses) or a quota (a coupon's redemptions). */
export interface ScarceOrder {
  readonly scarce: reservations.Scarce
  readonly groupKey: string
  readonly identityKey: string
  readonly orderKey: string
}

interface Deps {
  readonly db: Db
  readonly stripe: Stripe
  readonly now: () => Date
}

/** A checkout that is under way has its session within this time, or never. */
const UNDER_WAY_MS = 2 * 60_000

/** A name for anything, of a fixed width. */
export function digest(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('hex')
}

/**
 * The session that is open for the very same order, if there is one; and where a bound is reached, a look at what became of the sessions that count.
 *
 * @throws DomainError `temporarily_unavailable` when Stripe or MySQL cannot be asked
 */
export async function findOpenSession(
  deps: Deps,
  order: ScarceOrder,
  limits: OpenSessionLimits,
): Promise<Stripe.Checkout.Session | undefined> {
  const { ofGroup, ofIdentity } = await reading(() => openOf(deps.db, order))
  const full = ofGroup.length >= limits.perGroup || ofIdentity.length >= limits.perIdentity
  const all = new Map([...ofGroup, ...ofIdentity].map((reservation) => [reservation.reservationId, reservation]))
  for (const reservation of all.values()) {
    const same = reservation.orderKey === order.orderKey && reservation.stripeSessionId !== undefined
    if (!(same || (full && !isUnderWay(reservation, deps.now())))) continue
    const found = await ask(deps, reservation)
    if (same && typeof found === 'object' && found.url !== null) return found
  }
  return undefined
}

/**
 * The session of the very same order that has the group's one trial, while it is open: a second one would have none, and charge at once.
 *
 * @throws DomainError `temporarily_unavailable` when Stripe or MySQL cannot be asked
 */
export async function findSessionOfTrial(
  deps: Deps,
  { groupKey, orderKey }: ScarceOrder,
): Promise<Stripe.Checkout.Session | undefined> {
  const claimed = await reading(() => trials.claimedBy(deps.db, groupKey))
  const same = await reading(() => reservations.listSameOrder(deps.db, groupKey, orderKey))
  const holder = same.find(({ reservationId }) => reservationId === claimed)
  if (holder === undefined || isUnderWay(holder, deps.now())) return undefined
  const found = await ask(deps, holder)
  return typeof found === 'object' && found.url !== null ? found : undefined
}

/**
 * Keeps a group, and whoever asks, within the bounds. First in the transaction that holds.
 *
 * @throws DomainError `quota_exceeded`
 */
export async function assertMayOpen(tx: Tx, order: ScarceOrder, limits: OpenSessionLimits): Promise<void> {
  await locks.takeForAll(tx, 'checkout', [`group ${order.groupKey}`, `identity ${order.identityKey}`])
  const { ofGroup, ofIdentity } = await openOf(tx, order)
  if (ofGroup.length >= limits.perGroup) throw tooMany('this organization')
  if (ofIdentity.length >= limits.perIdentity) throw tooMany('you')
}

async function openOf(db: Db | Tx, { groupKey, identityKey, scarce }: ScarceOrder) {
  return {
    ofGroup: await reservations.listOpen(db, { groupKey }, scarce),
    ofIdentity: await reservations.listOpen(db, { identityKey }, scarce),
  }
}

function isUnderWay({ stripeSessionId, createdAt }: reservations.Reservation, now: Date): boolean {
  return stripeSessionId === undefined && now.getTime() - createdAt.getTime() < UNDER_WAY_MS
}

async function ask(deps: Deps, reservation: reservations.Reservation) {
  try {
    return await followSession(deps, reservation)
  } catch (error) {
    throw translateStripeError(error)
  }
}

function tooMany(whose: string): DomainError {
  return new DomainError('quota_exceeded', `too many open checkouts of this by ${whose}: finish one, or wait until it expires`)
}
