import { DomainError } from '@licenseoperator/domain'
import { isRefusal, madeNothing } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'

export interface OpenedSession {
  readonly sessionId: string
  readonly url: string
}

/** Stripe did not open a session. */
export class SessionNotOpened extends Error {
  override readonly name = 'SessionNotOpened'
  /** True when there certainly is none; false when an answer was lost, and there may be one. */
  readonly certainly: boolean

  constructor(certainly: boolean, cause: unknown) {
    super('no checkout session was opened', { cause })
    this.certainly = certainly
  }
}

/**
 * Opens a session under an idempotency key.
 *
 * @throws SessionNotOpened; DomainError `internal` for a session without an address
 */
export async function openSession(
  stripe: Stripe,
  params: Stripe.Checkout.SessionCreateParams,
  idempotencyKey: string,
): Promise<OpenedSession> {
  // The SDK tries again by itself and tells of the last answer only: a 429 after a lost answer proves nothing, a refusal is about each try.
  let tries = 0
  const count = (request: { idempotency_key?: string }) => {
    if (request.idempotency_key === idempotencyKey) tries += 1
  }
  stripe.on('request', count)
  try {
    const session = await stripe.checkout.sessions.create(params, { idempotencyKey })
    if (session.url === null) throw new DomainError('internal', 'failed to create checkout session')
    return { sessionId: session.id, url: session.url }
  } catch (error) {
    if (error instanceof DomainError) throw error
    throw new SessionNotOpened(provesThereIsNone(error, tries), error)
  } finally {
    stripe.off('request', count)
  }
}

/** Whether an error that Stripe answered with tells that no session was made, however often it was asked. */
export function provesThereIsNone(error: unknown, tries: number): boolean {
  return isRefusal(error) || (madeNothing(error) && tries === 1)
}
