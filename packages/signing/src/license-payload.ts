import { MalformedLicenseError } from './malformed-license-error.ts'
import { parseStrictJson } from './strict-json.ts'

/**
 * How a license came to be:
 * `subscription` paid by recurring invoices, runs to the end of the paid period; `one_off` one payment, fixed term;
 * `perpetual` one payment, never expires, updates until `maintenanceExpiresAt`; `trial` free and short; `manual` issued by an operator.
 */
export const licenseTypes = ['subscription', 'one_off', 'perpetual', 'trial', 'manual'] as const
export type LicenseType = (typeof licenseTypes)[number]

/** `expiresAt` of a license that does not expire. */
export const PERPETUAL_EXPIRES_AT = '9999-12-31T23:59:59Z'

/**
 * What is signed. Instants are RFC 3339 in UTC, ended by `Z`, with at most milliseconds: `2026-01-01T00:00:00Z`.
 * A payload may carry further fields, which later releases add; they are kept and not interpreted.
 */
export type LicensePayload = {
  readonly v: 1
  /** Identity of the license. Never use the text or the signature for that. */
  readonly licenseId: string
  /** Customer, as the vendor's identity system names it. */
  readonly group: string
  readonly email: string
  /** What is licensed. */
  readonly productKey: string
  readonly plan: string
  /** Domain the license is bound to, with or without a leading dot. Absent: bound to none. */
  readonly domain?: string
  /** Seats bought, a whole number from 0. Absent: no limit. See `checkSeats`. */
  readonly seats?: number
  readonly licenseType: LicenseType
  readonly issuedAt: string
  /** First instant at which the license is no longer valid. Perpetual: `PERPETUAL_EXPIRES_AT`. */
  readonly expiresAt: string
  /** End of the right to updates. Does not end the license. */
  readonly maintenanceExpiresAt?: string
  /** The price is guaranteed on renewal. */
  readonly priceLocked: boolean
}

type FieldKind = 'version' | 'string' | 'domain' | 'seats' | 'licenseType' | 'instant' | 'boolean'
type Field = { readonly kind: FieldKind; readonly optional?: true }

/** The fields in the order in which they are signed. */
const fields = {
  v: { kind: 'version' },
  licenseId: { kind: 'string' },
  group: { kind: 'string' },
  email: { kind: 'string' },
  productKey: { kind: 'string' },
  plan: { kind: 'string' },
  domain: { kind: 'domain', optional: true },
  seats: { kind: 'seats', optional: true },
  licenseType: { kind: 'licenseType' },
  issuedAt: { kind: 'instant' },
  expiresAt: { kind: 'instant' },
  maintenanceExpiresAt: { kind: 'instant', optional: true },
  priceLocked: { kind: 'boolean' },
} satisfies Record<keyof LicensePayload, Field>

const fieldList = Object.entries<Field>(fields)

const rules = {
  version: { says: 'the number 1', accepts: (value, spelling) => value === 1 && spelling === '1' },
  string: { says: 'text with a visible character and no control characters', accepts: isText },
  domain: { says: 'a domain name', accepts: (value) => isText(value) && comparableDomain(value) !== '' },
  // Only plain digits: 5.0, 5e0 and 2^53 + 1 are read differently by the verifiers of other languages.
  seats: {
    says: 'a whole number from 0, in plain digits',
    accepts: (value, spelling) => isSeats(value) && /^\d+$/.test(spelling ?? ''),
  },
  licenseType: { says: `one of ${licenseTypes.join(', ')}`, accepts: (value) => licenseTypes.some((type) => type === value) },
  instant: {
    says: 'an RFC 3339 instant in UTC',
    accepts: (value) => typeof value === 'string' && !Number.isNaN(instantMs(value)),
  },
  boolean: { says: 'true or false', accepts: (value) => typeof value === 'boolean' },
} satisfies Record<FieldKind, { says: string; accepts: (value: unknown, spelling: string | undefined) => boolean }>

/**
 * Reads and checks payload bytes.
 *
 * @throws MalformedLicenseError naming the first field that is missing or wrong; values are never part of the message
 */
export function decodePayload(bytes: Uint8Array): LicensePayload {
  const { value, numberTexts } = parseStrictJson(bytes)
  assertPayload(value, numberTexts)
  return value
}

/**
 * The bytes to sign: UTF-8 JSON, known fields first and in a fixed order, further fields after them.
 *
 * @throws MalformedLicenseError when no verifier would accept the result
 */
export function encodePayload(payload: LicensePayload): Uint8Array<ArrayBuffer> {
  const given: Readonly<Record<string, unknown>> = { ...payload }
  const known = Object.keys(fields).map((name) => [name, given[name]])
  const further = Object.entries(given).filter(([name]) => !Object.hasOwn(fields, name))
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...known, ...further])))
  decodePayload(bytes) // checks exactly what verifiers will read
  return bytes
}

function assertPayload(
  value: Readonly<Record<string, unknown>>,
  numberTexts: ReadonlyMap<string, string>,
): asserts value is LicensePayload {
  for (const [name, field] of fieldList) {
    if (!Object.hasOwn(value, name)) {
      if (field.optional) continue
      throw new MalformedLicenseError(`payload field ${name} is missing`)
    }
    const { says, accepts } = rules[field.kind]
    if (!accepts(value[name], numberTexts.get(name))) throw new MalformedLicenseError(`payload field ${name} is not ${says}`)
  }
  if (instantMs(String(value.expiresAt)) <= instantMs(String(value.issuedAt))) {
    throw new MalformedLicenseError('payload field expiresAt is not after issuedAt')
  }
}

/** Milliseconds since 1970 of an instant as payloads spell it; NaN for anything else, also for dates that don't exist. */
export function instantMs(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/.test(text)) return Number.NaN
  const ms = Date.parse(text)
  // Date.parse turns 30 February into 2 March and 24:00 into the next day.
  return new Date(ms).getUTCDate() === Number(text.slice(8, 10)) ? ms : Number.NaN
}

/** The form in which domains are compared: no surrounding space, lower-case, without a leading dot. */
export function comparableDomain(domain: string): string {
  return domain.trim().toLowerCase().replace(/^\./, '')
}

/** A count of seats: a whole number from 0 that a double holds exactly. */
export function isSeats(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !/\p{Control}/u.test(value)
}
