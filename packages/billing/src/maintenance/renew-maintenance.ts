import { audit, inTransaction, licenses, payments, reading, stripeEvents, type Tx } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { announceLicense, type PreparedLicense, prepareLicense } from '@licenseoperator/licensing'
import type { CheckoutSession } from '../payload/checkout-session.ts'
import { checkoutIssuanceKey } from '../purchase/issuance-key.ts'
import type { EventOutcome, ProcessDeps } from '../purchase/process-event.ts'
import { maintenanceEnd } from './maintenance-end.ts'
import { MaintenanceMetadata } from './maintenance-metadata.ts'

const PROCESSOR = { identity: 'stripe' }
const ATTEMPTS = 5

/**
 * A paid maintenance checkout: the license keeps its id, gets a later end of maintenance and a new signature, and is announced again. Payment, license,
 * audit and announcement commit together; the session's payment is recorded once, so a session that is told of twice adds one year.
 *
 * @throws DomainError when the license cannot be renewed; the caller parks the event with that reason
 */
export async function renewMaintenance(
  deps: ProcessDeps,
  arrived: stripeEvents.ArrivedEvent,
  session: CheckoutSession,
  paidAt: Date,
): Promise<EventOutcome> {
  const { original_license_id: licenseId } = MaintenanceMetadata.parse(session.metadata)
  const { eventId } = arrived
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const license = await renewable(deps, licenseId)
    const prepared = await resigned(deps, license, session, paidAt)
    const outcome = await inTransaction(deps.db, (tx) => store(deps, tx, { arrived, session, paidAt, before: license, prepared }))
    if (outcome === 'already') return { kind: 'already', eventId }
    if (outcome === 'processed') return { kind: 'processed', eventId }
  }
  throw new DomainError('temporarily_unavailable', 'a license is being renewed by many at once')
}

async function renewable(deps: ProcessDeps, licenseId: string): Promise<licenses.StoredLicense> {
  const license = await reading(() => licenses.findById(deps.db, licenseId))
  if (license === undefined) throw unrenewable('no license has that id')
  if (license.kind !== 'perpetual') throw unrenewable('the license is not perpetual')
  if (license.revokedAt !== undefined) throw unrenewable('the license is revoked')
  return license
}

/** The license as it will be, or `undefined` when this payment moves its end nowhere. Signed outside the transaction. */
async function resigned(
  deps: ProcessDeps,
  license: licenses.StoredLicense,
  session: CheckoutSession,
  paidAt: Date,
): Promise<PreparedLicense | undefined> {
  const known = await reading(() => payments.listByIssuanceKey(deps.db, renewalsKey(license.licenseId)))
  const others = known.filter(({ paymentKey }) => paymentKey !== checkoutIssuanceKey(session.id))
  const end = maintenanceEnd(license.issuedAt, [...others.map((payment) => payment.paidAt), paidAt])
  if (license.maintenanceExpiresAt !== undefined && end <= license.maintenanceExpiresAt) return undefined
  const { licenseId, revokedAt: _revokedAt, keyId: _keyId, text: _text, ...draft } = license
  return prepareLicense(deps.keys, { ...draft, maintenanceExpiresAt: end }, licenseId)
}

interface Renewal {
  readonly arrived: stripeEvents.ArrivedEvent
  readonly session: CheckoutSession
  readonly paidAt: Date
  readonly before: licenses.StoredLicense
  readonly prepared: PreparedLicense | undefined
}

/** `stale` when the license changed since it was signed: nothing is written, and the caller signs again. */
async function store(deps: ProcessDeps, tx: Tx, renewal: Renewal): Promise<'processed' | 'already' | 'stale'> {
  const { arrived, session, paidAt, before, prepared } = renewal
  const now = deps.now()
  // The row's lock comes first: of two payments at the same instant the second sees the first one's end.
  const present = await licenses.findByIdForUpdate(tx, before.licenseId)
  if (present?.text !== before.text || present.revokedAt !== undefined) return 'stale'
  if (!(await stripeEvents.settle(tx, arrived, 'processed', now))) return 'already'
  if (await payments.isRecorded(tx, checkoutIssuanceKey(session.id))) return 'processed'
  await payments.record(tx, paymentOf(session, before, paidAt), now)
  if (prepared === undefined) return 'processed'
  const { license } = prepared
  await licenses.resign(tx, license, now)
  await audit.record(tx, {
    at: now,
    caller: PROCESSOR,
    action: 'license.maintenance_renewed',
    subject: `license:${license.licenseId}`,
    before: { maintenanceExpiresAt: before.maintenanceExpiresAt?.toISOString() },
    after: { maintenanceExpiresAt: license.maintenanceExpiresAt?.toISOString(), checkoutSessionId: session.id },
  })
  await announceLicense(tx, deps.subjectLicenseIssued, prepared, 'maintenance', now)
  return 'processed'
}

/** One name for all renewals of a license, by which they are found again. */
function renewalsKey(licenseId: string): string {
  return `maintenance:${licenseId}`
}

function paymentOf(session: CheckoutSession, license: licenses.StoredLicense, paidAt: Date): payments.NewPayment {
  return {
    paymentKey: checkoutIssuanceKey(session.id),
    issuanceKey: renewalsKey(license.licenseId),
    paidAt,
    capturedAt: paidAt,
    groupName: license.groupName,
    customerName: session.customerName,
    customerEmail: session.email,
    currency: session.currency ?? '',
    amountSubtotalMinor: session.amountSubtotalMinor,
    amountTaxMinor: session.amountTaxMinor,
    amountTotalMinor: session.amountTotalMinor,
    stripeProductId: undefined,
    stripeInvoiceId: session.invoiceId,
    stripePaymentIntentId: session.paymentIntentId,
    stripeCustomerId: session.customerId,
    stripeCheckoutSessionId: session.id,
    stripeSubscriptionId: undefined,
    billingAddress: session.billingAddress,
  }
}

function unrenewable(reason: string): DomainError {
  return new DomainError('invalid_payload', `cannot renew maintenance: ${reason}`)
}
