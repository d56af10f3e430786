import { audit, type Db, licenses, reading } from '@licenseoperator/db'

/** What a list of the audit log asks for. All exact; `beforeId` goes on with a list. */
export type AuditFilter = Parameters<typeof audit.list>[1]

/** An entry of the audit log, or one that follows from the license itself and has no number. */
export type ListedAudit = Omit<audit.RecordedAudit, 'id'> & { readonly id: number | undefined }

/** Who issues what was paid for. */
const STRIPE = 'stripe'

/**
 * Entries of the audit log, newest first. A license that a payment brought was recorded under the event that told of the payment: asked for by the
 * license, its issue is read from the license's own row and ends the list, so that the history of a license always starts with it.
 */
export async function listAudit(db: Db, filter: AuditFilter, limit: number): Promise<ListedAudit[]> {
  const entries = await reading(() => audit.list(db, filter, limit))
  const licenseId = /^license:(?<id>.+)$/.exec(filter.subject ?? '')?.groups?.id
  if (licenseId === undefined || entries.length >= limit) return entries
  const [issues, license] = await reading(() =>
    Promise.all([
      audit.countActions(db, filter.subject ?? '', ['license.issued', 'trial.issued']),
      licenses.findById(db, licenseId),
    ]),
  )
  if (issues > 0 || license === undefined) return entries
  const issue = issueOf(license, filter.subject ?? '')
  return filter.actor === undefined || filter.actor === issue.actor ? [...entries, issue] : entries
}

function issueOf(license: licenses.StoredLicense, subject: string): ListedAudit {
  const { issuanceKey, groupName, productKey, plan, seats, expiresAt, stripe } = license
  return {
    id: undefined,
    at: license.issuedAt,
    actor: license.kind === 'trial' || license.kind === 'manual' ? (license.identity ?? 'unknown') : STRIPE,
    action: license.kind === 'trial' ? 'trial.issued' : 'license.issued',
    subject,
    before: null,
    after: { issuanceKey, group: groupName, productKey, plan, seats, expiresAt: expiresAt.toISOString(), ...stripe },
    requestId: undefined,
  }
}
