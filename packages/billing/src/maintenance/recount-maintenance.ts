import { audit, inTransaction, licenses, payments, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { isLost, prepareLicense, renewalsKey, renewedLicenseOf } from '@licenseoperator/licensing'
import { PROCESSOR, type ProcessDeps } from '../handling/event-handler.ts'
import { maintenanceEndOf } from './maintenance-end.ts'

const ATTEMPTS = 5

/**
 * Signs a perpetual license anew when the end of its maintenance is no longer what its payments come to: a renewal was refunded, its dispute lost, or
 * won after all. Announces nothing: whoever holds the older text holds the later end, and verifies against it.
 *
 * @param names  Stripe's names of a payment; one that renews nothing changes nothing
 */
export async function recountMaintenance(
  deps: ProcessDeps,
  names: { paymentIntentId: string | undefined; invoiceId: string | undefined },
): Promise<void> {
  const payment = await reading(() => payments.findByStripe(deps.db, names))
  if (payment === undefined) return
  const licenseId = renewedLicenseOf(payment.issuanceKey)
  if (licenseId === undefined) return
  const main = await reading(() => licenses.findById(deps.db, licenseId))
  if (main === undefined) return
  const { subscriptionId } = main.stripe
  // A subscription pays the maintenance of all licenses of a bundle.
  const renewed =
    payment.stripeSubscriptionId === undefined || subscriptionId === undefined
      ? [main]
      : await reading(() => licenses.listPerpetualBySubscription(deps.db, subscriptionId))
  for (const { licenseId: id } of renewed) await recountOne(deps, id, renewalsKey(licenseId))
}

async function recountOne(deps: ProcessDeps, licenseId: string, key: string): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const before = await reading(() => licenses.findById(deps.db, licenseId))
    if (before === undefined) return
    const paid = await reading(() => payments.listByIssuanceKey(deps.db, key))
    const end = maintenanceEndOf(
      before,
      paid.filter((payment) => !isLost(payment, deps.policy)),
    )
    if (end.getTime() === before.maintenanceExpiresAt?.getTime()) return
    const { license } = await prepareLicense(deps.keys, { ...before, maintenanceExpiresAt: end }, licenseId)
    const now = deps.now()
    const stored = await inTransaction(deps.db, async (tx) => {
      const present = await licenses.findByIdForUpdate(tx, licenseId)
      if (present?.text !== before.text) return false
      await licenses.resign(tx, license, now)
      await audit.record(tx, {
        at: now,
        caller: PROCESSOR,
        action: 'license.maintenance_recounted',
        subject: `license:${licenseId}`,
        before: { maintenanceExpiresAt: before.maintenanceExpiresAt?.toISOString() },
        after: { maintenanceExpiresAt: end.toISOString() },
      })
      return true
    })
    if (stored) return
  }
  throw new DomainError('temporarily_unavailable', 'a license is being renewed by many at once')
}
