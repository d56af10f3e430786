import { type Db, inTransaction, refusedCustomers } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import { describeRefusal, isRefusal } from '@licenseoperator/stripe'
import { Stripe } from 'stripe'
import { SessionNotOpened } from './open-session.ts'

/**
 * Opens something at Stripe for a customer that is known from earlier purchases, and once more without when Stripe will not have that customer: it was
 * deleted, it is of another mode than the key, or it has a subscription in another currency. The customer is then named no more.
 *
 * @param open  asked for the second time without a customer; its idempotency key must be another one then
 * @throws what the last `open` throws
 */
export async function openForCustomer<T>(
  { db, log, now }: { db: Db; log: Log; now: () => Date },
  { customerId, currency }: { customerId: string | undefined; currency: string },
  open: (customerId: string | undefined, attempt: 1 | 2) => Promise<T>,
): Promise<T> {
  try {
    return await open(customerId, 1)
  } catch (error) {
    const why = customerId === undefined ? undefined : refusalOfCustomer(error)
    if (customerId === undefined || why === undefined) throw error
    log.warn('Stripe refused the customer of earlier purchases, the checkout goes on without', { customerId, reason: why.reason })
    await inTransaction(db, (tx) =>
      refusedCustomers.note(tx, customerId, why.onlyIn === 'currency' ? currency : undefined, now()),
    )
    return open(undefined, 2)
  }
}

/** Why Stripe would not have the customer. @returns undefined when something else was refused, or nothing was */
export function refusalOfCustomer(thrown: unknown): { onlyIn: 'currency' | undefined; reason: string } | undefined {
  const error = thrown instanceof SessionNotOpened ? thrown.cause : thrown
  if (!(error instanceof Stripe.errors.StripeError) || !isRefusal(error)) return undefined
  const reason = describeRefusal(error)
  // Stripe names no parameter for this one: "You cannot combine currencies on a single customer. This customer has …".
  if (/customer/i.test(error.message) && /currenc/i.test(error.message)) return { onlyIn: 'currency', reason }
  return error.param === 'customer' ? { onlyIn: undefined, reason } : undefined
}
