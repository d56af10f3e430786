import { audit, licenseEnds, licenses, outbox, products, revocationList, subscriptions, type Tx } from '@licenseoperator/db'
import { derivePayments } from './derive-payments.ts'
import { type DerivedState, derivedStates } from './derived-states.ts'
import type { RevocationPolicy } from './license-state.ts'
import { purchasesOf } from './supersession.ts'
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
  const renewal = 'issuanceKey' in family ? family.renewalPaymentKey : undefined
  const paid = await derivePayments(
    tx,
    purchasesOf(touched).map(({ key }) => key),
    renewal,
  )
  const subscriptionId = touched.find(({ stripe }) => stripe.subscriptionId !== undefined)?.stripe.subscriptionId
  const subscription = subscriptionId === undefined ? undefined : await subscriptions.find(tx, subscriptionId)
  const ends = subscriptionId === undefined ? [] : await licenseEnds.listOf(tx, subscriptionId)
  const facts = { licenses: touched, payments: paid, subscriptionEndedAt: subscription?.endedAt, creditedAt: ends }
  for (const { license, after } of derivedStates(facts, options.policy, options.now))
    await writeState(tx, license, after, options)
}

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
