import type { Caller } from '@licenseoperator/domain'
import type { AuditAction, AuditSubject } from './audit-names.ts'
import { auditLogColumns } from './columns.ts'
import type { Reader, Tx } from './schema.ts'
import { toJson } from './to-json.ts'

export interface AuditEntry {
  readonly at: Date
  readonly caller: Pick<Caller, 'identity' | 'requestId'>
  readonly action: AuditAction
  readonly subject: AuditSubject
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
      before: entry.before === undefined ? null : toJson(entry.before),
      after: entry.after === undefined ? null : toJson(entry.after),
      request_id: entry.caller.requestId ?? null,
    })
    .execute()
}

/** An entry as it is read back. `before` and `after` are whatever the action recorded. */
export interface RecordedAudit {
  readonly id: number
  readonly at: Date
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
  readonly requestId: string | undefined
}

/** Newest first. @param filter  exact; `beforeId` continues a list */
export async function list(
  db: Reader,
  filter: { subject?: string | undefined; actor?: string | undefined; beforeId?: number | undefined },
  limit: number,
): Promise<RecordedAudit[]> {
  let query = db.selectFrom('audit_log').select(auditLogColumns)
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject)
  if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor)
  if (filter.beforeId !== undefined) query = query.where('id', '<', filter.beforeId)
  const rows = await query.orderBy('id', 'desc').limit(limit).execute()
  return rows.map(({ request_id, ...row }) => ({ ...row, requestId: request_id ?? undefined }))
}

/** How many entries with one of these actions a subject has. */
export async function countActions(db: Reader, subject: string, actions: readonly AuditAction[]): Promise<number> {
  const { count } = await db
    .selectFrom('audit_log')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('subject', '=', subject)
    .where('action', 'in', actions)
    .executeTakeFirstOrThrow()
  return Number(count)
}
