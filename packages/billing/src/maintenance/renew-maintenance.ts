import { audit, inTransaction, licenses, payments, reading, type stripeEvents, type Tx } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import {
  announceLicense,
  deriveLicenses,
  familyOf,
  isLost,
  lockPurchase,
  type PreparedLicense,
  prepareLicense,
  purchaseLockOf,
  renewalsKey,
} from '@licenseoperator/licensing'
import { announcementOf, type EventOutcome, markProcessed, PROCESSOR, type ProcessDeps } from '../handling/event-handler.ts'
import { maintenanceEndOf } from './maintenance-end.ts'
import { recountMaintenance } from './recount-maintenance.ts'

/** A payment that prolongs the maintenance of a perpetual license, or of all licenses of a bundle, read from whichever event told of it. */
export interface MaintenanceRenewal {
  /** At least one; the first is the one that the payment is recorded for. @throws DomainError when there is none, or none yet */
  readonly findLicenses: (deps: ProcessDeps) => Promise<readonly licenses.StoredLicense[]>
  readonly payment: Omit<payments.NewPayment, 'issuanceKey' | 'groupName' | 'capturedAt'>
}

const ATTEMPTS = 5

/**
 * A paid renewal of maintenance: the license keeps its id, gets a later end of maintenance and a new signature, and is announced again. Payment,
 * license, audit and announcement commit together, once for a payment; the event is marked after that.
 *
 * A revoked license stays revoked and is renewed all the same: the money was taken, and what revoked it may be taken back.
 *
 * @throws DomainError when the license cannot be renewed; the caller parks the event with that reason
 */
export async function renewMaintenance(
  deps: ProcessDeps,
  arrived: stripeEvents.ArrivedEvent,
  renewal: MaintenanceRenewal,
): Promise<EventOutcome> {
  const { payment } = renewal
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const found = await renewal.findLicenses(deps)
    if (found.some((license) => license.kind !== 'perpetual')) throw unrenewable('the license is not perpetual')
    const [main] = found
    if (main === undefined) throw unrenewable('no license has that id')
    const signed: Signed[] = []
    for (const before of found) signed.push(await resigned(deps, before, main, payment))
    const outcome = await inTransaction(deps.db, (tx) => store(deps, tx, { payment, main, signed }))
    if (outcome === 'stale') continue
    // The money may have gone back before we heard of the payment.
    await recountMaintenance(deps, { paymentIntentId: payment.stripePaymentIntentId, invoiceId: payment.stripeInvoiceId })
    return markProcessed(deps, arrived)
  }
  throw new DomainError('temporarily_unavailable', 'a license is being renewed by many at once')
}

export function unrenewable(reason: string): DomainError {
  return new DomainError('invalid_payload', `cannot renew maintenance: ${reason}`)
}

/** The license as it will be. Signed outside the transaction. */
async function resigned(
  deps: ProcessDeps,
  license: licenses.StoredLicense,
  main: licenses.StoredLicense,
  payment: MaintenanceRenewal['payment'],
): Promise<Signed> {
  const known = await reading(() => payments.listByIssuanceKey(deps.db, renewalsKey(main.licenseId)))
  const otherPayments = known.filter(({ paymentKey }) => paymentKey !== payment.paymentKey)
  const good = otherPayments.filter((otherPayment) => !isLost(otherPayment, deps.policy))
  const prepared = await prepareLicense(
    deps.keys,
    { ...license, maintenanceExpiresAt: maintenanceEndOf(license, [...good, payment]) },
    license.licenseId,
  )
  // Announced under an end that every order of the payments comes to: the period's own, or what all payments by hand make.
  const announcedUntil = payment.coversUntil ?? maintenanceEndOf(license, [...otherPayments, payment])
  return { before: license, prepared, announcedUntil }
}

interface Signed {
  readonly before: licenses.StoredLicense
  readonly prepared: PreparedLicense
  readonly announcedUntil: Date
}

interface SignedRenewal extends Pick<MaintenanceRenewal, 'payment'> {
  readonly main: licenses.StoredLicense
  readonly signed: readonly Signed[]
}

/** `stale` when a license changed since it was signed: nothing is written, and the caller signs again. */
async function store(deps: ProcessDeps, tx: Tx, { payment, main, signed }: SignedRenewal): Promise<'stored' | 'stale'> {
  const now = deps.now()
  await lockPurchase(tx, payment.stripeSubscriptionId ?? payment.stripePaymentIntentId ?? payment.paymentKey)
  await lockPurchase(tx, purchaseLockOf(main))
  // The rows' locks come first: of two payments at the same instant the second sees the first one's end.
  for (const { before } of signed) {
    const present = await licenses.findByIdForUpdate(tx, before.licenseId)
    if (present?.text !== before.text) return 'stale'
  }
  if (await payments.isRecorded(tx, payment.paymentKey)) return 'stored'
  const owner = { issuanceKey: renewalsKey(main.licenseId), groupName: main.groupName, capturedAt: payment.paidAt }
  await payments.record(tx, { ...payment, ...owner }, now)
  for (const license of signed) await replace(deps, tx, license, payment)
  await deriveLicenses(
    tx,
    { ...familyOf(main), renewalPaymentKey: payment.paymentKey },
    { policy: deps.policy, actor: PROCESSOR, now },
  )
  return 'stored'
}

async function replace(
  deps: ProcessDeps,
  tx: Tx,
  { before, prepared, announcedUntil }: Signed,
  { paymentKey, paidAt }: MaintenanceRenewal['payment'],
): Promise<void> {
  const now = deps.now()
  const { license } = prepared
  await licenses.resign(tx, license, now)
  await audit.record(tx, {
    at: now,
    caller: PROCESSOR,
    action: 'license.maintenance_renewed',
    subject: `license:${license.licenseId}`,
    before: { maintenanceExpiresAt: before.maintenanceExpiresAt?.toISOString() },
    after: { maintenanceExpiresAt: license.maintenanceExpiresAt?.toISOString(), paymentKey },
  })
  await announceLicense(tx, announcementOf(deps, 'maintenance', paidAt, announcedUntil), prepared, now)
}
