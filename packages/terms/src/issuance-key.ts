import { DomainError } from '@licenseoperator/domain'

/** Name of the one license a one-off checkout pays for. */
export function checkoutIssuanceKey(checkoutSessionId: string): string {
  return `checkout:${checkoutSessionId}`
}

/**
 * Name of the one license a subscription period pays for. Unique in MySQL.
 *
 * @param subscriptionId  Stripe id, `sub_…`
 * @param periodStart     start of the paid period, as Stripe dated it: a whole second
 * @throws DomainError `invalid_payload` when the period has no start
 * @see https://docs.stripe.com/webhooks (event ordering)
 */
export function subscriptionIssuanceKey(subscriptionId: string, periodStart: Date): string {
  const seconds = periodStart.getTime() / 1000
  if (!Number.isSafeInteger(seconds) || seconds <= 0) {
    throw new DomainError('invalid_payload', 'invalid payload: the paid period has no start', { field: 'period.start' })
  }
  // Session and first invoice arrive in either order and must meet in one key: built from the subscription, not from the event at hand.
  return `subscription:${subscriptionId}:${seconds}`
}
