import { DomainError } from './error.ts'
import { groupKey, personalGroup } from './group.ts'

/** What a scope can narrow a token to. A token without any scope claim is judged by its roles alone. */
export const surfaces = [
  'catalog:admin',
  'licenses:issue',
  'licenses:read',
  'licenses:revoke',
  'trials:issue',
  'payments:checkout',
  'payments:read',
  'payments:export',
] as const
export type Surface = (typeof surfaces)[number]

/**
 * Who asks.
 *
 * @property identity  stable id of the person or program; written to the audit log
 * @property groups    group keys (see `groupKey`)
 * @property scopes    the surfaces the token names, `undefined` when it has no scope claim
 */
export interface Caller {
  readonly identity: string
  readonly email: string | undefined
  readonly roles: readonly string[]
  readonly groups: readonly string[]
  readonly scopes: readonly string[] | undefined
  /** Names the request in logs and in the audit log. */
  readonly requestId?: string | undefined
}

export function isSysadmin(caller: Caller): boolean {
  return caller.roles.includes('sysadmin')
}

export function isMember(caller: Caller, group: string): boolean {
  const key = groupKey(group)
  return caller.groups.includes(key) || key === personalGroup(caller.identity)
}

/** @throws DomainError `forbidden` unless the caller is a system administrator */
export function assertSysadmin(caller: Caller): void {
  if (!isSysadmin(caller)) throw new DomainError('forbidden', 'forbidden')
}

/** @throws DomainError `forbidden` unless the caller is a system administrator or belongs to the group */
export function assertMember(caller: Caller, group: string): void {
  if (!isSysadmin(caller) && !isMember(caller, group)) throw new DomainError('forbidden', 'forbidden')
}

/**
 * Scopes narrow what the roles allow.
 *
 * @param required  surfaces for which the configuration demands that a token carries scopes at all
 * @throws DomainError `insufficient_scope` when the token's scopes do not name the surface
 */
export function assertScope(caller: Caller, surface: Surface, required: Partial<Record<Surface, boolean>> = {}): void {
  if (caller.scopes === undefined && required[surface] !== true) return
  if (caller.scopes?.includes(surface) === true) return
  throw new DomainError('insufficient_scope', 'forbidden')
}
