import {
  audit,
  licenseEnds,
  licenses,
  outbox,
  type payments,
  products,
  revocationList,
  subscriptions,
  type Tx,
} from '@licenseoperator/db'
import { derivePayments, isLost } from './derive-payments.ts'
import { type RevocationPolicy, revocationOf } from './license-state.ts'
import { type Purchase, placesTaken, purchasesOf, replaces, supersederOf } from './supersession.ts'
import { type LicenseFamily, licensesTouched } from './touched.ts'

export interface DeriveOptions {
  readonly policy: RevocationPolicy
  /** Who the audit log names for what changes. */
  readonly actor: { readonly identity: string }
  readonly now: Date
}

/**
 * Derives what became of the licenses and payments that a new fact touches from everything stored about them, and writes what is different. Called at the
 * end of every transaction that adds a fact, so that the order in which facts arrive decides nothing.
 *
 * The caller holds the lock of the purchase or subscription (`locks.takeFor(tx, 'purchase', …)`): of two facts that arrive at the same
 * instant the second one sees the first.
 *
 * @param family  what the fact is about. What it costs depends on that alone, and not on how long the subscription has lasted
 */
export async function deriveLicenses(tx: Tx, family: LicenseFamily, options: DeriveOptions): Promise<void> {
  const touched = await licensesTouched(tx, family)
  const [some] = touched
  if (some === undefined) return
  const all = purchasesOf(touched)
  const renewal = 'issuanceKey' in family ? family.renewalPaymentKey : undefined
  const paid = await derivePayments(
    tx,
    all.map(({ key }) => key),
    renewal,
  )
  const subscriptionId = touched.find(({ stripe }) => stripe.subscriptionId !== undefined)?.stripe.subscriptionId
  const subscription = subscriptionId === undefined ? undefined : await subscriptions.find(tx, subscriptionId)
  const ends = subscriptionId === undefined ? [] : await licenseEnds.listOf(tx, subscriptionId)
  const paidFor = Map.groupBy(paid, ({ issuanceKey }) => issuanceKey)
  const isGood = new Map(
    all.map(({ key, ...purchase }) => [
      key,
      moneyOf({ key, ...purchase }, all, paidFor).every((payment) => !isLost(payment, options.policy)),
    ]),
  )
  for (const purchase of all) {
    const money = moneyOf(purchase, all, paidFor)
    const superseder = supersederOf(purchase, all, ({ key }) => isGood.get(key) === true)
    const placeTaken = superseder && placesTaken(superseder)
    const replacedRevokedAt = operatorMarks(
      all.filter((candidate) => replaces(purchase, candidate)).flatMap(({ licenses }) => licenses),
    )
    for (const license of purchase.licenses) {
      const supersededBy = placeTaken?.(license)
      const creditedAt = creditedAtOf(license, ends)
      const subscriptionEndedAt = endThatCounts(license, subscription?.endedAt, paidFor.get(purchase.key)?.[0]?.paidAt)
      // A change of plan is no way around a revocation.
      const [revokedByOperatorAt] = inOrder([...operatorMarks([license]), ...replacedRevokedAt])
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
      const at = { admin: revokedByOperatorAt, canceled: creditedAt ?? subscriptionEndedAt }
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
}

type StoredPurchase = Purchase<licenses.StoredLicense>

/** The money a purchase stands on: its own, and for a change of plan that of the period it changed, which it was set off against. */
function moneyOf(
  purchase: StoredPurchase,
  all: readonly StoredPurchase[],
  paidFor: ReadonlyMap<string, readonly payments.StoredPayment[]>,
): payments.StoredPayment[] {
  return [purchase, ...all.filter((candidate) => replaces(purchase, candidate))].flatMap(({ key }) => paidFor.get(key) ?? [])
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

/** When an operator revoked some of these. */
function operatorMarks(some: readonly licenses.StoredLicense[]): Date[] {
  return some.flatMap((license) => license.state.adminRevokedAt ?? [])
}

function inOrder(instants: readonly Date[]): Date[] {
  return instants.toSorted((a, b) => a.getTime() - b.getTime())
}

type DerivedState = Pick<licenses.LicenseState, 'revokedAt' | 'revokedReason' | 'supersededBy' | 'disputed'>

async function writeState(
  tx: Tx,
  license: licenses.StoredLicense,
  after: DerivedState,
  { actor, now }: DeriveOptions,
): Promise<void> {
  const before = license.state
  // The instant of a fact is a fact too: of a credit and the subscription's end the one that counts may come to be known second.
  const isSameRevocation =
    before.revokedReason === after.revokedReason && before.revokedAt?.getTime() === after.revokedAt?.getTime()
  if (isSameRevocation && before.supersededBy === after.supersededBy && before.disputed === after.disputed) return
  await licenses.setState(tx, license.licenseId, after, now)
  if (!isSameRevocation || before.supersededBy !== after.supersededBy) await revocationList.raise(tx, now)
  if (after.revokedReason === undefined) await outbox.releaseWithheld(tx, license.licenseId)
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

function shown({ revokedReason, revokedAt, supersededBy, disputed }: DerivedState): object {
  return { revokedReason, revokedAt, supersededBy, ...(disputed ? { disputed } : {}) }
}
