import { createHash } from 'node:crypto'
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

/** What a checkout holds, as Stripe's metadata names it. */
export const ReservationId = z.string().regex(/^R-[0-9A-Z]{26}$/)

const DAY_MS = 86_400_000

/**
 * The id of the license that a purchase brings: the same purchase has the same one, also where a database was restored that does not know it any more. It
 * cannot be guessed by those who do not know Stripe's ids of the purchase.
 *
 * @param issuanceKey  what the license is issued for; 80 bits of its SHA-256 stand for the random ones of a ULID
 * @param soldAt       its day is the time of the ULID, so that ids still come in the order of sales; the hour is not, because an event that has to be
 *                     made up from Stripe's books can be seconds beside the one that was lost
 */
export function licenseIdOf(issuanceKey: string, soldAt: Date): string {
  const digest = createHash('sha256').update(issuanceKey).digest().values()
  const day = Math.max(1, Math.floor(soldAt.getTime() / DAY_MS) * DAY_MS)
  return `${prefixes.license}-${ulid(day, () => ((digest.next().value ?? 0) % 32) / 32)}`
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
