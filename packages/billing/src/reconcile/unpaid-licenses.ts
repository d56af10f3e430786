import { inTransaction, reading, reconciliation } from '@licenseoperator/db'
import { isUnknownObject, readCheckoutSession, readInvoice, waitOutRateLimit } from '@licenseoperator/stripe'
import type { ProcessDeps } from '../handling/event-handler.ts'
import type { ReconcileOptions } from './reconcile-options.ts'

/** A license that was sold, and nobody paid for it. */
export interface UnpaidLicense {
  readonly licenseId: string
  readonly groupName: string
  readonly issuanceKey: string
  readonly reason: string
}

const BATCH = 100

/**
 * Licenses of the window that have no payment on record, unless Stripe says that there was nothing to pay (a trial, a coupon over everything, a change to
 * less). They are named and nothing is done: whether to revoke them is for people to decide.
 */
export async function unpaidLicenses(
  deps: ProcessDeps,
  { since, dryRun, onProgress, signal }: ReconcileOptions,
): Promise<UnpaidLicense[]> {
  const unpaid: UnpaidLicense[] = []
  let checked = 0
  for (let after: reconciliation.UnpaidCursor = { issuedAt: since, licenseId: '' }; ; ) {
    const start = after
    const batch = await reading(() => reconciliation.unpaidLicenses(deps.db, start, BATCH))
    for (const license of batch) {
      signal?.throwIfAborted()
      const reason = await whyUnpaid(deps, license)
      const { licenseId, groupName, issuanceKey } = license
      if (reason !== undefined) unpaid.push({ licenseId, groupName, issuanceKey, reason })
      else if (!dryRun) await inTransaction(deps.db, (tx) => reconciliation.noteFree(tx, licenseId, deps.now()))
    }
    checked += batch.length
    onProgress?.('licenses', checked)
    const last = batch.at(-1)
    if (last === undefined || batch.length < BATCH) return unpaid
    after = last
  }
}

/** `undefined` when there was nothing to pay. */
async function whyUnpaid({ stripe }: ProcessDeps, license: reconciliation.UnpaidLicense): Promise<string | undefined> {
  const { invoiceId, checkoutSessionId } = license
  try {
    if (invoiceId !== undefined) {
      const invoice = readInvoice(await waitOutRateLimit(() => stripe.invoices.retrieve(invoiceId)))
      if (!invoice.paid) return `its invoice ${invoice.id} is not paid`
      return invoice.amountTotalMinor <= 0 ? undefined : `the payment of its invoice ${invoice.id} is not recorded`
    }
    if (checkoutSessionId !== undefined) {
      const session = readCheckoutSession(await waitOutRateLimit(() => stripe.checkout.sessions.retrieve(checkoutSessionId)))
      if (session.paymentStatus === 'unpaid') return `its checkout ${session.id} is not paid`
      return session.amountTotalMinor === 0 ? undefined : `the payment of its checkout ${session.id} is not recorded`
    }
    return 'it names neither an invoice nor a checkout'
  } catch (error) {
    if (isUnknownObject(error)) return 'Stripe does not know its invoice or checkout'
    throw error
  }
}
