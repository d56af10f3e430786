import { ulid } from 'ulid'
import { z } from 'zod'

/** Public name of a license: `L-` and a 26-character ULID (80 random bits, so it cannot be guessed). Old installations may hold UUIDs. */
export const LicenseId = z
  .string()
  .regex(/^(?:L-[0-9A-Za-z]{1,64}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$/)
  .meta({ description: 'License id: `L-` and a ULID' })
export type LicenseId = z.infer<typeof LicenseId>

export function newLicenseId(): string {
  return newId('L')
}

/** `PREFIX-` and a ULID: ids that sort by creation time and need no coordination. */
export function newId(prefix: string): string {
  return `${prefix}-${ulid()}`
}
