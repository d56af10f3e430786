import { type Db, reading, revocationList } from '@licenseoperator/db'
import { addDays, type Log, rfc3339 } from '@licenseoperator/domain'
import { type KeyRing, type RevocationListPayload, type SigningKey, signRevocationList } from '@licenseoperator/signing'

/** A signed list with the product keys it covers. */
export interface SignedRevocationList {
  /** Of the key that signed it. */
  readonly keyId: string
  readonly productKeys: readonly string[]
  readonly text: string
}

/** Verifiers may grant days after expiry: a revoked license stays listed that long. */
const LISTED_AFTER_EXPIRY_DAYS = 400
/** All lists of an answer together must stay below what packages/signing looks at, with the longest ids and reasons. */
const MOST_LISTED = 150_000

/**
 * The revocation lists, one for each signing key in use: a verifier that pins one key finds the list it can check. Each names the revoked licenses of the
 * product keys that its key signs for, also those that an older key signed. Beyond 150 000 the oldest revocations are left out, and the log says so.
 *
 * @param productKeys  that have a signing key
 * @throws DomainError `temporarily_unavailable`
 */
export async function signRevocationLists(
  { db, keys, log, now }: { db: Db; keys: KeyRing; log: Log; now: () => Date },
  productKeys: readonly string[],
): Promise<SignedRevocationList[]> {
  const at = now()
  // The number first: what changes in between is in a list that will have a higher one as well.
  const number = await reading(() => revocationList.number(db))
  const listed = await reading(() => revocationList.listRevoked(db, addDays(at, -LISTED_AFTER_EXPIRY_DAYS), MOST_LISTED + 1))
  if (listed.length > MOST_LISTED)
    log.error('the revocation list is full: the oldest revocations are left out', { most: MOST_LISTED })
  const payloads = listsOf(keys, productKeys, listed.slice(0, MOST_LISTED), { number, at })
  return Promise.all(
    payloads.map(async ({ key, payload }) => ({
      keyId: key.keyId,
      productKeys: payload.productKeys,
      text: await signRevocationList(payload, key),
    })),
  )
}

/** What the list of each signing key says: of the product keys that it signs for, and of no other. */
export function listsOf(
  keys: Pick<KeyRing, 'signingKeyFor'>,
  productKeys: readonly string[],
  revoked: readonly revocationList.RevokedRow[],
  { number, at }: { number: number; at: Date },
): { key: SigningKey; payload: RevocationListPayload }[] {
  const byKey = new Map<string, { key: SigningKey; productKeys: string[] }>()
  for (const productKey of new Set(productKeys)) {
    const key = keys.signingKeyFor(productKey)
    if (key === undefined) continue
    const known = byKey.get(key.keyId)
    if (known === undefined) byKey.set(key.keyId, { key, productKeys: [productKey] })
    else known.productKeys.push(productKey)
  }
  return [...byKey.values()].map(({ key, productKeys: covered }) => ({
    key,
    payload: {
      type: 'licenseoperator.revocations',
      v: 1,
      number,
      issuedAt: rfc3339(at),
      productKeys: covered,
      revoked: revoked
        .filter(({ productKey }) => covered.includes(productKey))
        .map(({ licenseId, revokedAt, reason, supersededBy }) => ({
          licenseId,
          revokedAt: rfc3339(revokedAt),
          reason,
          ...(supersededBy === undefined ? {} : { supersededBy }),
        })),
    },
  }))
}
