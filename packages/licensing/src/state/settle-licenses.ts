import {
  audit,
  licenseEnds,
  licenses,
  outbox,
  payments,
  products,
  reversals,
  revocationList,
  subscriptions,
  type Tx,
} from '@licenseoperator/db'
import { renewalsKey } from '../renewals-key.ts'
import { type RevocationPolicy, revocationOf } from './license-state.ts'
import { purchaseKeyOf, replaces, standsOn, supersederOf } from './supersession.ts'

/** Which licenses belong together: all that a subscription paid for, or those of one purchase. */
export type LicenseFamily = { readonly subscriptionId: string } | { readonly issuanceKey: string }

/** The family of a license. */
export function familyOf(license: Pick<licenses.StoredLicense, 'issuanceKey' | 'stripe'>): LicenseFamily {
  const { subscriptionId } = license.stripe
  return subscriptionId === undefined ? { issuanceKey: purchaseKeyOf(license) } : { subscriptionId }
}

export interface SettleOptions {
  readonly policy: RevocationPolicy
  /** Who the audit log names for what changes. */
  readonly actor: { readonly identity: string }
  readonly now: Date
}

/**
 * Derives what became of a family's licenses and payments from everything stored about them, and writes what is different. Called at the end of
 * every transaction that adds a fact, so that the order in which facts arrive decides nothing.
 *
 * The caller holds the lock of the purchase or subscription (`locks.takeFor(tx, 'purchase', …)`): of two facts that arrive at the same
 * instant the second one sees the first.
 */
export async function settleLicenses(tx: Tx, family: LicenseFamily, options: SettleOptions): Promise<void> {
  const all =
    'subscriptionId' in family
      ? await licenses.listBySubscription(tx, family.subscriptionId)
      : await licenses.listByPurchase(tx, family.issuanceKey)
  if (all.length === 0) return
  const paid = await settlePayments(tx, all)
  const subscription = 'subscriptionId' in family ? await subscriptions.find(tx, family.subscriptionId) : undefined
  const ends = 'subscriptionId' in family ? await licenseEnds.listOf(tx, family.subscriptionId) : []
  const moneyOf = (license: licenses.StoredLicense) => {
    const keys = standsOn(license, all)
    return paid.filter((payment) => keys.includes(payment.issuanceKey))
  }
  const isGood = (license: licenses.StoredLicense) => moneyOf(license).every((payment) => !isLost(payment, options.policy))
  const byId = new Map(all.map((license) => [license.licenseId, license]))
  for (const license of all) {
    const money = moneyOf(license)
    const supersededBy = supersederOf(license, all, (change) => {
      const stored = byId.get(change.licenseId)
      return stored !== undefined && isGood(stored)
    })
    const paidAt = paid.find((payment) => payment.issuanceKey === purchaseKeyOf(license))?.paidAt
    const creditedAt = creditedAtOf(license, ends)
    const subscriptionEndedAt = endThatCounts(license, subscription?.endedAt, paidAt)
    const endedAt = creditedAt ?? subscriptionEndedAt
    const revokedByOperatorAt = operatorRevocationOf(license, all)
    const facts = {
      revokedByOperator: revokedByOperatorAt !== undefined,
      disputeLost: money.some((payment) => payment.disputeStatus === 'lost'),
      disputeOpen: money.some((payment) => payment.disputeStatus === 'open'),
      refundedInFull: money.some((payment) => payment.refundedInFull),
      creditedEarly: creditedAt !== undefined,
      endedEarly: subscriptionEndedAt !== undefined,
      supersededBy,
    }
    const reason = revocationOf(facts, options.policy)
    const at = { admin: revokedByOperatorAt, canceled: endedAt }
    await writeState(
      tx,
      license,
      {
        revokedReason: reason,
        // The instant of the fact where it has one; else when we learned of it.
        revokedAt:
          reason === undefined
            ? undefined
            : reason === 'admin' || reason === 'canceled'
              ? at[reason]
              : license.state.revokedReason === reason
                ? license.state.revokedAt
                : options.now,
        supersededBy,
        disputed: facts.disputeOpen,
      },
      options,
    )
  }
}

/** When the license was taken off its subscription within the period it was sold for. */
function creditedAtOf({ kind, issuedAt, expiresAt }: licenses.StoredLicense, ends: readonly Date[]): Date | undefined {
  return kind === 'subscription' ? ends.find((at) => issuedAt <= at && at < expiresAt) : undefined
}

/**
 * The end of the subscription where it cuts a license short. A period that was paid for after that end is good: the money was taken for it and for nothing
 * else.
 */
function endThatCounts(
  { kind, expiresAt }: licenses.StoredLicense,
  endedAt: Date | undefined,
  paidAt: Date | undefined,
): Date | undefined {
  if (kind !== 'subscription' || endedAt === undefined || endedAt >= expiresAt) return undefined
  return paidAt !== undefined && paidAt > endedAt ? undefined : endedAt
}

/** When an operator revoked a license, or the one whose place it took: a change of plan is no way around a revocation. */
function operatorRevocationOf(license: licenses.StoredLicense, family: readonly licenses.StoredLicense[]): Date | undefined {
  const marks = [license, ...family.filter((other) => replaces(license, other))].flatMap((one) => one.state.adminRevokedAt ?? [])
  return marks.sort((one, other) => one.getTime() - other.getTime())[0]
}

/** Puts on each payment what went back of it. @returns the payments as they are now */
async function settlePayments(tx: Tx, family: readonly licenses.StoredLicense[]): Promise<payments.StoredPayment[]> {
  const perpetual = family.filter((license) => license.kind === 'perpetual').map(({ licenseId }) => renewalsKey(licenseId))
  const stored = await payments.listByIssuanceKeys(tx, [...new Set([...family.map(purchaseKeyOf), ...perpetual])])
  const known = await reversals.listOf(tx, {
    paymentIntentIds: stored.flatMap((payment) => payment.stripePaymentIntentId ?? []),
    invoiceIds: stored.flatMap((payment) => payment.stripeInvoiceId ?? []),
  })
  const settled: payments.StoredPayment[] = []
  for (const payment of stored) {
    const own = known.filter(
      (one) =>
        (one.paymentIntentId !== undefined && one.paymentIntentId === payment.stripePaymentIntentId) ||
        (one.invoiceId !== undefined && one.invoiceId === payment.stripeInvoiceId),
    )
    const refunds = own.filter((one) => one.kind === 'refund')
    const reversed = {
      amountRefundedMinor: refunds.reduce((sum, one) => sum + one.amountMinor, 0),
      refundedInFull: isRefundedInFull(payment, refunds),
      disputeStatus: disputeOf(own),
    }
    if (
      reversed.amountRefundedMinor !== payment.amountRefundedMinor ||
      reversed.refundedInFull !== payment.refundedInFull ||
      reversed.disputeStatus !== payment.disputeStatus
    )
      await payments.setReversed(tx, payment.paymentKey, reversed)
    settled.push({ ...payment, ...reversed })
  }
  return settled
}

/** An invoice can be paid by several charges: all of it went back when their refunds together are what was charged. */
function isRefundedInFull({ amountChargedMinor }: payments.StoredPayment, refunds: readonly reversals.Reversal[]): boolean {
  if (amountChargedMinor === undefined || amountChargedMinor <= 0) return refunds.some((one) => one.status === 'full')
  return refunds.reduce((sum, one) => sum + one.amountMinor, 0) >= amountChargedMinor
}

/** Of several disputes over one payment the worst counts. */
function disputeOf(known: readonly reversals.Reversal[]): payments.StoredPayment['disputeStatus'] {
  const disputes = known.filter((one) => one.kind === 'dispute')
  return (['lost', 'open', 'inquiry', 'won'] as const).find((status) => disputes.some((one) => one.status === status))
}

/** True when a payment's money is gone as far as the policy cares: what was bought with it does not count. */
export function isLost(
  payment: Pick<payments.StoredPayment, 'refundedInFull' | 'disputeStatus'>,
  policy: RevocationPolicy,
): boolean {
  return (policy.revokeOnFullRefund && payment.refundedInFull) || (policy.revokeOnLostDispute && payment.disputeStatus === 'lost')
}

type DerivedState = Pick<licenses.LicenseState, 'revokedAt' | 'revokedReason' | 'supersededBy' | 'disputed'>

async function writeState(
  tx: Tx,
  license: licenses.StoredLicense,
  after: DerivedState,
  { actor, now }: SettleOptions,
): Promise<void> {
  const before = license.state
  if (
    before.revokedReason === after.revokedReason &&
    before.supersededBy === after.supersededBy &&
    before.disputed === after.disputed
  )
    return
  await licenses.setState(tx, license.licenseId, after, now)
  if (before.revokedReason !== after.revokedReason || before.supersededBy !== after.supersededBy)
    await revocationList.raise(tx, now)
  if (after.revokedReason === undefined) await outbox.releaseWithheld(tx, license.licenseId, now)
  const [wasRevoked, isRevoked] = [before.revokedReason !== undefined, after.revokedReason !== undefined]
  if (license.takesLicense && license.productId !== undefined && wasRevoked !== isRevoked) {
    // A restored license was sold: it counts again even where its place has been sold since.
    if (isRevoked) await products.giveBackLicense(tx, license.productId)
    else await products.retakeLicense(tx, license.productId)
  }
  await audit.record(tx, {
    at: now,
    caller: actor,
    action: before.revokedReason === after.revokedReason ? 'license.marked' : isRevoked ? 'license.revoked' : 'license.restored',
    subject: `license:${license.licenseId}`,
    before: shown(before),
    after: shown(after),
  })
}

function shown({ revokedReason, supersededBy, disputed }: DerivedState): object {
  return { revokedReason, supersededBy, ...(disputed ? { disputed } : {}) }
}
