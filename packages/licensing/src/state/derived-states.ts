import type { licenses, payments } from '@licenseoperator/db'
import { isLost } from './derive-payments.ts'
import { type RevocationPolicy, revocationOf } from './license-state.ts'
import { type Purchase, placesTaken, purchasesOf, replaces, supersederOf } from './supersession.ts'

/** Everything stored that decides what became of licenses. */
export interface StoredFacts {
  /** What a new fact can change, and what decides what those become: see `licensesTouched`. */
  readonly licenses: readonly licenses.StoredLicense[]
  readonly payments: readonly payments.StoredPayment[]
  readonly subscriptionEndedAt: Date | undefined
  /** When something was taken off the subscription and credited. */
  readonly creditedAt: readonly Date[]
}

export type DerivedState = Pick<licenses.LicenseState, 'revokedAt' | 'revokedReason' | 'supersededBy' | 'disputed'>

/** A license as it was stored, and what it is by everything known now. */
export interface DerivedLicense {
  readonly license: licenses.StoredLicense
  readonly after: DerivedState
}

/**
 * What each license is by all facts together, whichever of them became known first.
 *
 * @param now  dates a revocation whose fact has no instant of its own
 */
export function derivedStates(facts: StoredFacts, policy: RevocationPolicy, now: Date): DerivedLicense[] {
  const all = purchasesOf(facts.licenses)
  const paidFor = Map.groupBy(facts.payments, ({ issuanceKey }) => issuanceKey)
  const isGood = new Map(
    all.map(({ key, ...purchase }) => [
      key,
      moneyOf({ key, ...purchase }, all, paidFor).every((payment) => !isLost(payment, policy)),
    ]),
  )
  return all.flatMap((purchase) => {
    const money = moneyOf(purchase, all, paidFor)
    const superseder = supersederOf(purchase, all, ({ key }) => isGood.get(key) === true)
    const placeTaken = superseder && placesTaken(superseder)
    const replacedRevokedAt = operatorMarks(
      all.filter((candidate) => replaces(purchase, candidate)).flatMap(({ licenses }) => licenses),
    )
    return purchase.licenses.map((license) => {
      const supersededBy = placeTaken?.(license)
      const creditedAt = creditedAtOf(license, facts.creditedAt)
      const subscriptionEndedAt = endThatCounts(license, facts.subscriptionEndedAt, paidFor.get(purchase.key)?.[0]?.paidAt)
      // A change of plan is no way around a revocation.
      const [revokedByOperatorAt] = inOrder([...operatorMarks([license]), ...replacedRevokedAt])
      const disputed = money.some((payment) => payment.disputeStatus === 'open')
      const reason = revocationOf(
        {
          revokedByOperator: revokedByOperatorAt !== undefined,
          disputeLost: money.some((payment) => payment.disputeStatus === 'lost'),
          disputeOpen: disputed,
          refundedInFull: money.some((payment) => payment.refundedInFull),
          creditedEarly: creditedAt !== undefined,
          endedEarly: subscriptionEndedAt !== undefined,
          supersededBy,
        },
        policy,
      )
      const at = { admin: revokedByOperatorAt, canceled: creditedAt ?? subscriptionEndedAt }
      // The instant of the fact where it has one; else when we learned of it.
      const revokedAt =
        reason === undefined
          ? undefined
          : reason === 'admin' || reason === 'canceled'
            ? at[reason]
            : license.state.revokedReason === reason
              ? license.state.revokedAt
              : now
      return { license, after: { revokedReason: reason, revokedAt, supersededBy, disputed } }
    })
  })
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
