import type { Reader, Tx } from './schema.ts'

/** A license that was sold and has no payment on record. */
export interface UnpaidLicense {
  readonly licenseId: string
  readonly issuanceKey: string
  readonly groupName: string
  readonly checkoutSessionId: string | undefined
  readonly invoiceId: string | undefined
}

/** Which of these issuance keys have a license. @param issuanceKeys  at most a few hundred */
export async function issuedKeys(db: Reader, issuanceKeys: readonly string[]): Promise<Set<string>> {
  if (issuanceKeys.length === 0) return new Set()
  const rows = await db.selectFrom('licenses').select('issuance_key').where('issuance_key', 'in', issuanceKeys).execute()
  return new Set(rows.map((row) => row.issuance_key))
}

/** Which of these payments are recorded. @param paymentKeys  at most a few hundred */
export async function recordedKeys(db: Reader, paymentKeys: readonly string[]): Promise<Set<string>> {
  if (paymentKeys.length === 0) return new Set()
  const rows = await db.selectFrom('payments').select('payment_key').where('payment_key', 'in', paymentKeys).execute()
  return new Set(rows.map((row) => row.payment_key))
}

/** Licenses issued since then, in the order of their issue. */
export interface UnpaidCursor {
  readonly issuedAt: Date
  readonly licenseId: string
}

/**
 * The next licenses that were sold, have no payment on record and were not found to be free. Parts of a bundle are paid for with the bundle; trials and licenses by hand with nothing.
 *
 * @param after  start of the window, or where the walk goes on
 */
export async function unpaidLicenses(db: Reader, after: UnpaidCursor, limit: number): Promise<(UnpaidLicense & UnpaidCursor)[]> {
  const rows = await db
    .selectFrom('licenses')
    .select(['license_id', 'issuance_key', 'group_name', 'issued_at', 'stripe_checkout_session_id', 'stripe_invoice_id'])
    .where('issued_at', '>=', after.issuedAt)
    .where((eb) =>
      eb.or([
        eb('issued_at', '>', after.issuedAt),
        eb.and([eb('issued_at', '=', after.issuedAt), eb('license_id', '>', after.licenseId)]),
      ]),
    )
    .where('kind', 'in', ['subscription', 'one_off', 'perpetual'])
    .where('found_free_at', 'is', null)
    .where('issuance_key', 'not like', '%#%')
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('payments').select('payment_key').whereRef('payments.issuance_key', '=', 'licenses.issuance_key'))),
    )
    .orderBy('issued_at')
    .orderBy('license_id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    licenseId: row.license_id,
    issuanceKey: row.issuance_key,
    groupName: row.group_name,
    issuedAt: row.issued_at,
    checkoutSessionId: row.stripe_checkout_session_id ?? undefined,
    invoiceId: row.stripe_invoice_id ?? undefined,
  }))
}

/** Notes that Stripe said there was nothing to pay for a license. What is paid stays paid, and so does what was free: it need not be asked again. */
export async function noteFree(tx: Tx, licenseId: string, now: Date): Promise<void> {
  await tx.updateTable('licenses').set({ found_free_at: now }).where('license_id', '=', licenseId).execute()
}
