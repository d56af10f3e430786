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

/** What lists say whose signatures were checked and good: one, or all of a text that trusted keys signed. */
export type RevocationList = Omit<RevocationListPayload, 'type' | 'v'> & {
  /** Of the first list. */
  readonly keyId: string
  /** By key id; `number` is the lowest, `issuedAt` the earliest. */
  readonly numbers: Readonly<Record<string, number>>
  /** @param productKey  looks only at lists that cover it: whoever signs for one product says nothing of another */
  readonly find: (licenseId: string, productKey?: string) => RevokedLicense | undefined
}

/** A list of the text that does not count, and why: another vendor's or another product's key signed it. */
export type UncountedList = { readonly keyId: string; readonly message: string }

export type RevocationListVerdict =
  | {
      readonly status: 'current'
      readonly list: RevocationList
      /** Empty when every list of the text counts. The message names them as well. */
      readonly uncounted: readonly UncountedList[]
      readonly message: string
    }
  /** Somebody offers an older list than the one that was seen: keep that one. */
  | { readonly status: 'older_than_known'; readonly number: number; readonly message: string }
  | { readonly status: 'wrong_product'; readonly message: string }
  | { readonly status: 'unknown_key'; readonly message: string }
  | { readonly status: 'bad_signature'; readonly message: string }
  | { readonly status: 'malformed'; readonly message: string }

export type RevocationListOptions = {
  /** Product key whose licenses the lists must cover. Default: any. */
  readonly expectedProductKey?: string | undefined
  /** The highest number this verifier has seen and remembers; by key id (`numbers` of the list) where it trusts several keys. */
  readonly lastNumber?: number | Readonly<Record<string, number>> | undefined
}

/** The bytes to sign. @throws MalformedLicenseError when the payload breaks a rule */
export function encodeRevocationList(payload: RevocationListPayload): Uint8Array<ArrayBuffer> {
  const { type, v, number, issuedAt, productKeys, revoked } = payload
  const bytes = new TextEncoder().encode(JSON.stringify({ type, v, number, issuedAt, productKeys, revoked }))
  decodeRevocationList(bytes)
  return bytes
}

/** A list whose signature is still to be checked, or one that needs no such check. */
export type OpenedList<K extends Identified> =
  | { readonly judged: JudgedList }
  | { readonly judged?: undefined; readonly envelope: Envelope; readonly entry: RingEntry<K> }

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
      const { keyId } = envelope
      return { judged: { status: 'uncounted', list: { keyId, message: `no trusted key ${keyId} is known` } } }
    } catch (error) {
      if (!(error instanceof MalformedLicenseError)) throw error
      return { judged: refused({ status: 'malformed', message: error.message }) }
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

/** What one list of a text turned out to be. `unknown_key` does not count; of the rest every one must be in order. */
export type JudgedList =
  | { readonly status: 'good'; readonly keyId: string; readonly payload: RevocationListPayload }
  | { readonly status: 'uncounted'; readonly list: UncountedList }
  | { readonly status: 'refused'; readonly verdict: RevocationListVerdict }

/** The part of verification after the signature check, for one list. */
export function judgeRevocationList(
  { keyId, payload }: Envelope,
  entry: RingEntry<Identified>,
  signatureIsGood: boolean,
  { lastNumber }: RevocationListOptions,
): JudgedList {
  if (!signatureIsGood) return refused({ status: 'bad_signature', message: 'the signature does not fit the revocation list' })
  try {
    const list = decodeRevocationList(payload)
    const foreign = list.productKeys.find((productKey) => !maySignFor(entry, productKey))
    if (foreign !== undefined)
      return { status: 'uncounted', list: { keyId, message: `key ${keyId} may not sign for ${foreign}` } }
    const seen = typeof lastNumber === 'object' ? (lastNumber[keyId] ?? 0) : (lastNumber ?? 0)
    if (list.number < seen) {
      const message = `revocation list ${list.number} is older than ${seen}, which was seen before`
      return refused({ status: 'older_than_known', number: list.number, message })
    }
    return { status: 'good', keyId, payload: list }
  } catch (error) {
    if (!(error instanceof MalformedLicenseError)) throw error
    return refused({ status: 'malformed', message: error.message })
  }
}

function refused(verdict: RevocationListVerdict): JudgedList {
  return { status: 'refused', verdict }
}

/**
 * The verdict on a whole text. All lists that trusted keys signed count together: a product of two signing keys would otherwise go by one of them
 * without knowing. One of them that is not in order makes the text not in order, so that it cannot be dropped unseen.
 */
export function judgeRevocationText(
  judged: readonly JudgedList[],
  { expectedProductKey }: RevocationListOptions,
): RevocationListVerdict {
  for (const judgement of judged) if (judgement.status === 'refused') return judgement.verdict
  const uncounted = judged.flatMap((judgement) => (judgement.status === 'uncounted' ? [judgement.list] : []))
  const good = newestOfEachKey(judged.flatMap((judgement) => (judgement.status === 'good' ? [judgement] : [])))
  const [first] = good
  if (first === undefined)
    return { status: 'unknown_key', message: uncounted.map(({ message }) => message).join('; ') || 'there is no revocation list' }
  const productKeys = [...new Set(good.flatMap(({ payload }) => payload.productKeys))]
  const beside = uncounted.map(({ message }) => `; another list does not count: ${message}`).join('')
  if (expectedProductKey !== undefined && !productKeys.includes(expectedProductKey)) {
    const message = `the revocation list covers ${productKeys.join(', ') || 'no product'} and not ${expectedProductKey}${beside}`
    return { status: 'wrong_product', message }
  }
  const list = together(first.keyId, productKeys, good)
  return { status: 'current', list, uncounted, message: `revocation list ${list.number} for ${productKeys.join(', ')}${beside}` }
}

type GoodList = JudgedList & { readonly status: 'good' }

/** Downloads of two days in one file: the newer one holds everything that the older one holds and is still so. */
function newestOfEachKey(lists: readonly GoodList[]): GoodList[] {
  const newest = new Map<string, GoodList>()
  for (const list of lists) {
    const known = newest.get(list.keyId)
    if (known === undefined || known.payload.number < list.payload.number) newest.set(list.keyId, list)
  }
  return [...newest.values()]
}

function together(keyId: string, productKeys: readonly string[], lists: readonly GoodList[]): RevocationList {
  const indexed = lists.map(({ payload }) => ({
    productKeys: payload.productKeys,
    byId: new Map(payload.revoked.map((license) => [license.licenseId, license])),
  }))
  return {
    keyId,
    number: Math.min(...lists.map(({ payload }) => payload.number)),
    numbers: Object.fromEntries(lists.map((list) => [list.keyId, list.payload.number])),
    issuedAt: lists.map(({ payload }) => payload.issuedAt).reduce((a, b) => (instantMs(b) < instantMs(a) ? b : a)),
    productKeys,
    revoked: lists.flatMap(({ payload }) => payload.revoked),
    find: (licenseId, productKey) => {
      for (const { productKeys: covered, byId } of indexed) {
        const found = productKey === undefined || covered.includes(productKey) ? byId.get(licenseId) : undefined
        if (found !== undefined) return found
      }
      return undefined
    },
  }
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
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
