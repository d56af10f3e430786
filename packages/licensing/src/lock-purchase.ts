import { type licenses, locks, type Tx } from '@licenseoperator/db'
import { purchaseKeyOf } from './state/supersession.ts'

/**
 * Makes transactions about one purchase follow one another: the first statement of every transaction that adds a fact and then derives licenses from
 * it. Of two facts at the same instant the second then sees the first. A transaction that needs two takes the payment's before the license's.
 *
 * @param key  the subscription's id where there is one, else the payment intent's, else its issuance key: what every event about the purchase knows
 */
export function lockPurchase(tx: Tx, key: string): Promise<void> {
  return locks.takeFor(tx, 'purchase', key)
}

/** The key of a license's purchase. */
export function purchaseLockOf({ issuanceKey, stripe }: Pick<licenses.StoredLicense, 'issuanceKey' | 'stripe'>): string {
  return stripe.subscriptionId ?? stripe.paymentIntentId ?? purchaseKeyOf({ issuanceKey })
}
