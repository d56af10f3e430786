import { type Db, licenses, reading } from '@licenseoperator/db'
import { assertScope, type Caller, DomainError, isMember, isSysadmin, type Surface } from '@licenseoperator/domain'
import { CHECKOUT_SESSION_ID, isUnknownObject, readCheckoutSession, translateStripeError } from '@licenseoperator/stripe'
import { PurchaseMetadata } from '@licenseoperator/terms'
import type { Stripe } from 'stripe'

export interface SessionLookupDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  /** Bounds how many sessions that Stripe does not know one identity may ask it for. */
  readonly guesses?: Guesses
}

/** A limit per identity. `take` throws DomainError `rate_limited` when there are no guesses left. */
export interface Guesses {
  take(identity: string): Promise<void>
  giveBack(identity: string): Promise<void>
}

/**
 * The subscription that a checkout session started; from our own records once its license was issued, before that from Stripe.
 *
 * @throws DomainError `not_found`, the same for an unknown session, one of a foreign group and a one-time payment; `rate_limited` for who guesses;
 *   `temporarily_unavailable`
 */
export async function findSubscriptionOfSession(deps: SessionLookupDeps, caller: Caller, sessionId: string): Promise<string> {
  assertScope(caller, 'payments:read', deps.requiredScopes)
  const purchase = (await fromRecords(deps.db, sessionId)) ?? (await fromStripe(deps, caller, sessionId))
  const isCallersGroup = purchase?.group !== undefined && isMember(caller, purchase.group)
  if (purchase?.subscriptionId === undefined || !(isCallersGroup || isSysadmin(caller)))
    throw new DomainError('not_found', 'subscription not found')
  return purchase.subscriptionId
}

interface SessionPurchase {
  readonly group: string | undefined
  readonly subscriptionId: string | undefined
}

async function fromRecords(db: Db, sessionId: string): Promise<SessionPurchase | undefined> {
  const license = await reading(() => licenses.findByCheckoutSession(db, sessionId))
  return license && { group: license.groupName, subscriptionId: license.stripe.subscriptionId }
}

async function fromStripe(deps: SessionLookupDeps, caller: Caller, sessionId: string): Promise<SessionPurchase | undefined> {
  if (!CHECKOUT_SESSION_ID.test(sessionId)) return undefined
  // Taken before Stripe is asked and given back for a session that exists: many guesses at one instant are bounded as well.
  await deps.guesses?.take(caller.identity)
  try {
    const session = readCheckoutSession(await deps.stripe.checkout.sessions.retrieve(sessionId))
    await deps.guesses?.giveBack(caller.identity)
    return { group: PurchaseMetadata.safeParse(session.metadata).data?.group, subscriptionId: session.subscriptionId }
  } catch (error) {
    if (isUnknownObject(error)) return undefined
    await deps.guesses?.giveBack(caller.identity)
    throw translateStripeError(error)
  }
}
