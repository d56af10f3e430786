import type { Caller } from '@licenseoperator/domain'
import type { Tx } from './schema.ts'

export interface AuditEntry {
  readonly at: Date
  readonly caller: Pick<Caller, 'identity' | 'requestId'>
  /** What happened, noun and past tense: `product.updated`. */
  readonly action: string
  /** What it happened to, kind and id: `product:core`. */
  readonly subject: string
  readonly before?: object
  readonly after?: object
}

/** Writes the audit row in the transaction of the change, so that neither exists without the other. */
export async function record(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx
    .insertInto('audit_log')
    .values({
      at: entry.at,
      actor: entry.caller.identity,
      action: entry.action,
      subject: entry.subject,
      before: entry.before === undefined ? null : JSON.stringify(entry.before),
      after: entry.after === undefined ? null : JSON.stringify(entry.after),
      request_id: entry.caller.requestId ?? null,
    })
    .execute()
}
