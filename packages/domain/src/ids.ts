import { ulid } from 'ulid'
import { z } from 'zod'

/** Public name of a license: `L-` and a 26-character ULID (80 random bits, so it cannot be guessed). Old installations may hold UUIDs. */
export const LicenseId = z
  .string()
  .regex(/^(?:L-[0-9A-Za-z]{1,64}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$/)
  .meta({ description: 'License id: `L-` and a ULID' })
export type LicenseId = z.infer<typeof LicenseId>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** What the ids that we make begin with. A lease's owner is told from a reservation by where it stands. */
const prefixes = { license: 'L', reservation: 'R', leaseOwner: 'R', relay: 'relay', request: 'r' } as const

export function newLicenseId(): string {
  return newId('license')
}

/** The kind's prefix, a hyphen and a ULID: ids that sort by creation time and need no coordination. */
export function newId(kind: keyof typeof prefixes): string {
  return `${prefixes[kind]}-${ulid()}`
}

/** Whether a text is taken for a license's id, where a group's name could stand as well; whether it is one says `LicenseId`. */
export function looksLikeLicenseId(text: string): boolean {
  return hasLicensePrefix(text) || UUID.test(text)
}

/** Our name of the payment that an invoice stands for. Unique in MySQL. */
export function paymentKeyOfInvoice(invoiceId: string): `invoice:${string}` {
  return `invoice:${invoiceId}`
}

export function hasLicensePrefix(text: string): boolean {
  return text.startsWith(`${prefixes.license}-`)
}
