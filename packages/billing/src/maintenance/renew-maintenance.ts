import { audit, inTransaction, licenses, payments, reading, stripeEvents, type Tx } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { announceLicense, type PreparedLicense, prepareLicense } from '@licenseoperator/licensing'
import type { EventOutcome, ProcessDeps } from '../purchase/process-event.ts'

/** A payment that prolongs the maintenance of a perpetual license, or of all licenses of a bundle, read from whichever event told of it. */
export interface MaintenanceRenewal {
  /** At least one; the first is the one that the payment is recorded for. @throws DomainError when there is none, or none yet */
  readonly findLicenses: (deps: ProcessDeps) => Promise<readonly licenses.StoredLicense[]>
  /** The end of maintenance, given when all other renewals of the license were paid. */
  readonly endOf: (license: licenses.StoredLicense, othersPaidAt: readonly Date[]) => Date
  readonly payment: Omit<payments.NewPayment, 'issuanceKey' | 'groupName' | 'capturedAt'>
}

const PROCESSOR = { identity: 'stripe' }
const ATTEMPTS = 5

/**
 * A paid renewal of maintenance: the license keeps its id, gets a later end of maintenance and a new signature, and is announced again. Payment,
 * license, audit and announcement commit together; a payment is recorded once, so one that is told of twice adds nothing.
 *
 * @throws DomainError when the license cannot be renewed; the caller parks the event with that reason
 */
export async function renewMaintenance(
  deps: ProcessDeps,
  arrived: stripeEvents.ArrivedEvent,
  renewal: MaintenanceRenewal,
): Promise<EventOutcome> {
  const { eventId } = arrived
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const found = await renewal.findLicenses(deps)
    if (found.some((license) => license.kind !== 'perpetual')) throw unrenewable('the license is not perpetual')
    const usable = found.filter((license) => license.revokedAt === undefined)
    const [main] = usable
    if (main === undefined) throw unrenewable('the license is revoked')
    const signed: Signed[] = []
    for (const before of usable) signed.push({ before, prepared: await resigned(deps, before, renewal) })
    const outcome = await inTransaction(deps.db, (tx) => store(deps, tx, arrived, { payment: renewal.payment, main, signed }))
    if (outcome !== 'stale') return { kind: outcome, eventId }
  }
  throw new DomainError('temporarily_unavailable', 'a license is being renewed by many at once')
}

export function unrenewable(reason: string): DomainError {
  return new DomainError('invalid_payload', `cannot renew maintenance: ${reason}`)
}

/** The license as it will be, or `undefined` when this payment moves its end nowhere. Signed outside the transaction. */
async function resigned(
  deps: ProcessDeps,
  license: licenses.StoredLicense,
  { endOf, payment }: MaintenanceRenewal,
): Promise<PreparedLicense | undefined> {
  const known = await reading(() => payments.listByIssuanceKey(deps.db, renewalsKey(license.licenseId)))
  const others = known.filter(({ paymentKey }) => paymentKey !== payment.paymentKey).map(({ paidAt }) => paidAt)
  const end = endOf(license, others)
  if (license.maintenanceExpiresAt !== undefined && end <= license.maintenanceExpiresAt) return undefined
  const { licenseId, revokedAt: _revokedAt, keyId: _keyId, text: _text, ...draft } = license
  return prepareLicense(deps.keys, { ...draft, maintenanceExpiresAt: end }, licenseId)
}

interface Signed {
  readonly before: licenses.StoredLicense
  readonly prepared: PreparedLicense | undefined
}

interface SignedRenewal extends Pick<MaintenanceRenewal, 'payment'> {
  readonly main: licenses.StoredLicense
  readonly signed: readonly Signed[]
}

/** `stale` when a license changed since it was signed: nothing is written, and the caller signs again. */
async function store(
  deps: ProcessDeps,
  tx: Tx,
  arrived: stripeEvents.ArrivedEvent,
  { payment, main, signed }: SignedRenewal,
): Promise<'processed' | 'already' | 'stale'> {
  const now = deps.now()
  // The rows' locks come first: of two payments at the same instant the second sees the first one's end.
  for (const { before } of signed) {
    const present = await licenses.findByIdForUpdate(tx, before.licenseId)
    if (present?.text !== before.text || present.revokedAt !== undefined) return 'stale'
  }
  if (!(await stripeEvents.settle(tx, arrived, 'processed', now))) return 'already'
  if (await payments.isRecorded(tx, payment.paymentKey)) return 'processed'
  const owner = { issuanceKey: renewalsKey(main.licenseId), groupName: main.groupName, capturedAt: payment.paidAt }
  await payments.record(tx, { ...payment, ...owner }, now)
  for (const { before, prepared } of signed)
    if (prepared !== undefined) await replace(deps, tx, before, prepared, payment.paymentKey)
  return 'processed'
}

async function replace(
  deps: ProcessDeps,
  tx: Tx,
  before: licenses.StoredLicense,
  prepared: PreparedLicense,
  paymentKey: string,
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
  await announceLicense(tx, deps.subjectLicenseIssued, prepared, 'maintenance', now)
}

/** One name for all renewals of a license, by which they are found again. */
function renewalsKey(licenseId: string): string {
  return `maintenance:${licenseId}`
}
