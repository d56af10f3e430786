import { EX_CONFIG } from '@licenseoperator/config'
import type { DomainError } from '@licenseoperator/domain'

/** What the command's exit code says. Documented in the README. */
export const exitCodes = {
  done: 0,
  /** It did not work: something is away, or was refused. */
  failed: 1,
  /** Unknown command or flag, a missing or impossible value. */
  usage: 2,
  /** The question was answered with no: the license is not valid, the schema is not current. */
  no: 3,
  config: EX_CONFIG,
} as const

/** A filter or a page that cannot be is a flag that cannot be; every other refusal is an answer of the operator. */
export function exitCodeOf({ code }: DomainError): number {
  return code === 'invalid_filter' || code === 'invalid_pagination' ? exitCodes.usage : exitCodes.failed
}
