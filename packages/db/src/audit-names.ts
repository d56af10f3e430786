/** What the audit log tells of: noun and past tense. */
export type AuditAction =
  | 'coupon.created'
  | 'coupon.deleted'
  | 'coupon.updated'
  | 'event.discarded'
  | 'event.replayed'
  | 'license.issued'
  | 'license.maintenance_recounted'
  | 'license.maintenance_renewed'
  /** Something about it that leaves it as good or bad as it was: a dispute, an instant, the license in its place. */
  | 'license.marked'
  | 'license.restored'
  | 'license.restored_by_operator'
  | 'license.revoked'
  | 'license.revoked_by_operator'
  | 'product.created'
  | 'product.updated'
  | 'trial.issued'

/** What it happened to: kind and id, of a coupon its product's slug before its own. */
export type AuditSubject = `coupon:${string}/${number}` | `event:${string}` | `license:${string}` | `product:${string}`
