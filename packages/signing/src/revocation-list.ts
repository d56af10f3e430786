import { type Envelope, openEnvelope, revocationListForm } from './envelope.ts'
import { type Identified, maySignFor, type RingEntry, ringOf, type TrustedKeys } from './key-ring.ts'
import { instantMs } from './license-payload.ts'
import { MalformedLicenseError } from './malformed-license-error.ts'
import { parseStrictJson } from './strict-json.ts'

/** A license that is not good any more, although its signature is. */
export type RevokedLicense = {
  readonly licenseId: string
  /** RFC 3339, UTC. */
  readonly revokedAt: string
  /** A short code: `admin`, `dispute_lost`, `refunded`, `canceled`, `superseded`; later releases may add others. */
  readonly reason: string
  /** The license that took its place: the customer has it already. */
  readonly supersededBy?: string | undefined
}

/** What is signed. The `type` keeps it apart from a license: neither can pass for the other. */
export type RevocationListPayload = {
  readonly type: 'licenseoperator.revocations'
  readonly v: 1
  /** Rises with every change. A verifier never goes back behind the highest it has seen. */
  readonly number: number
  readonly issuedAt: string
  /** The list is about licenses of these product keys; it says nothing of others. */
  readonly productKeys: readonly string[]
  readonly revoked: readonly RevokedLicense[]
}

/** A list whose signature was checked and good. */
export type RevocationList = Omit<RevocationListPayload, 'type' | 'v'> & {
  readonly keyId: string
  readonly find: (licenseId: string) => RevokedLicense | undefined
}

export type RevocationListVerdict =
  | { readonly status: 'current'; readonly list: RevocationList; readonly message: string }
  /** Somebody offers an older list than the one that was seen: keep that one. */
  | { readonly status: 'older_than_known'; readonly number: number; readonly message: string }
  | { readonly status: 'wrong_product'; readonly message: string }
  | { readonly status: 'unknown_key'; readonly message: string }
  | { readonly status: 'bad_signature'; readonly message: string }
  | { readonly status: 'malformed'; readonly message: string }

export type RevocationListOptions = {
  /** Product key whose licenses the list must cover. Default: any. */
  readonly expectedProductKey?: string | undefined
  /** The highest number this verifier has seen and remembers. */
  readonly lastNumber?: number | undefined
}

/** The bytes to sign. @throws MalformedLicenseError when the payload breaks a rule */
export function encodeRevocationList(payload: RevocationListPayload): Uint8Array<ArrayBuffer> {
  const { type, v, number, issuedAt, productKeys, revoked } = payload
  const bytes = new TextEncoder().encode(JSON.stringify({ type, v, number, issuedAt, productKeys, revoked }))
  decodeRevocationList(bytes)
  return bytes
}

/** A list whose signature is still to be checked, or a verdict that needs no such check. */
export type OpenedList<K extends Identified> =
  | { readonly verdict: RevocationListVerdict }
  | { readonly verdict?: undefined; readonly envelope: Envelope; readonly entry: RingEntry<K> }

/**
 * The lists in a text, which may hold one for each signing key.
 *
 * @param text  whatever was fetched
 */
export function openRevocationLists<K extends Identified>(text: unknown, keys: TrustedKeys<K>): OpenedList<K>[] {
  const ring = ringOf(keys)
  const blocks = typeof text === 'string' && text.length <= revocationListForm.maxLength ? blocksOf(text) : [text]
  return blocks.map((block) => {
    try {
      const envelope = openEnvelope(block, revocationListForm)
      const entry = ring.entryOf(envelope.keyId)
      if (entry !== undefined && entry.state !== 'compromised') return { envelope, entry }
      return { verdict: { status: 'unknown_key', message: `no trusted key ${envelope.keyId} is known` } }
    } catch (error) {
      if (!(error instanceof MalformedLicenseError)) throw error
      return { verdict: { status: 'malformed', message: error.message } }
    }
  })
}

/** Each list with its own armour; a text that is no list at all stays whole and is refused as such. */
function blocksOf(text: string): string[] {
  const blocks = text.replaceAll('\r\n', '\n').split(revocationListForm.end)
  const rest = blocks.pop() ?? ''
  if (blocks.length === 0 || rest.trim() !== '') return [text]
  return blocks.map((block) => `${block}${revocationListForm.end}`)
}

/** The part of verification after the signature check. */
export function judgeRevocationList(
  { keyId, payload }: Envelope,
  entry: RingEntry<Identified>,
  signatureIsGood: boolean,
  { expectedProductKey, lastNumber = 0 }: RevocationListOptions,
): RevocationListVerdict {
  if (!signatureIsGood) return { status: 'bad_signature', message: 'the signature does not fit the revocation list' }
  try {
    const { type: _type, v: _v, ...list } = decodeRevocationList(payload)
    const foreign = list.productKeys.find((productKey) => !maySignFor(entry, productKey))
    if (foreign !== undefined) return { status: 'unknown_key', message: `key ${keyId} may not sign for ${foreign}` }
    if (expectedProductKey !== undefined && !list.productKeys.includes(expectedProductKey))
      return { status: 'wrong_product', message: `the revocation list does not cover ${expectedProductKey}` }
    if (list.number < lastNumber) {
      const message = `revocation list ${list.number} is older than ${lastNumber}, which was seen before`
      return { status: 'older_than_known', number: list.number, message }
    }
    const byId = new Map(list.revoked.map((one) => [one.licenseId, one]))
    const found = { ...list, keyId, find: (licenseId: string) => byId.get(licenseId) }
    return { status: 'current', list: found, message: `revocation list ${list.number}` }
  } catch (error) {
    if (!(error instanceof MalformedLicenseError)) throw error
    return { status: 'malformed', message: error.message }
  }
}

/** What to answer for a text with several lists: a good one if there is one, else why the first is not. */
export function bestVerdict(verdicts: readonly RevocationListVerdict[]): RevocationListVerdict {
  const [first] = verdicts
  return (
    verdicts.find(({ status }) => status === 'current') ??
    verdicts.find(({ status }) => status === 'older_than_known') ??
    first ?? { status: 'malformed', message: 'there is no revocation list' }
  )
}

function decodeRevocationList(bytes: Uint8Array): RevocationListPayload {
  const { value, numberTexts } = parseStrictJson(bytes)
  const { type, v, number, issuedAt, productKeys, revoked } = value
  if (type !== 'licenseoperator.revocations' || v !== 1) throw new MalformedLicenseError('payload is not a revocation list')
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0 || !/^\d+$/.test(numberTexts.get('number') ?? ''))
    throw wrong('number', 'a whole number from 0')
  if (!isInstant(issuedAt)) throw wrong('issuedAt', 'an RFC 3339 instant in UTC')
  if (!isTexts(productKeys)) throw wrong('productKeys', 'a list of texts')
  if (!Array.isArray(revoked)) throw wrong('revoked', 'a list')
  return { type, v, number, issuedAt, productKeys, revoked: revoked.map(readRevoked) }
}

function readRevoked(entry: unknown): RevokedLicense {
  if (!isRecord(entry)) throw wrong('revoked', 'a list of objects')
  const { licenseId, revokedAt, reason, supersededBy } = entry
  if (typeof licenseId !== 'string' || licenseId === '') throw wrong('licenseId', 'text')
  if (!isInstant(revokedAt)) throw wrong('revokedAt', 'an RFC 3339 instant in UTC')
  if (typeof reason !== 'string' || reason === '') throw wrong('reason', 'text')
  if (supersededBy !== undefined && typeof supersededBy !== 'string') throw wrong('supersededBy', 'text')
  return { licenseId, revokedAt, reason, ...(supersededBy === undefined ? {} : { supersededBy }) }
}

function wrong(field: string, says: string): MalformedLicenseError {
  return new MalformedLicenseError(`${field} is not ${says}`)
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(instantMs(value))
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
