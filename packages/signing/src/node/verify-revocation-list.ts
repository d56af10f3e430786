import { verify } from 'node:crypto'
import type { TrustedKeys } from '../key-ring.ts'
import {
  bestVerdict,
  judgeRevocationList,
  openRevocationLists,
  type RevocationListOptions,
  type RevocationListVerdict,
} from '../revocation-list.ts'
import type { VerificationKey } from './load-key.ts'

/**
 * Verifies a revocation list, e.g. as fetched from `GET /authlance/license/revocations`. Of several in one text the one that these keys signed counts.
 *
 * @param text  whatever it holds, this does not throw
 * @param keys  the keys to trust, the same as for licenses
 * @throws SigningKeyError for a list of keys that holds one twice
 */
export function verifyRevocationList(
  text: string,
  keys: TrustedKeys<VerificationKey>,
  options: RevocationListOptions = {},
): RevocationListVerdict {
  return bestVerdict(
    openRevocationLists(text, keys).map((opened) => {
      if (opened.verdict) return opened.verdict
      const { envelope, entry } = opened
      const isGood = verify('sha256', envelope.payload, entry.key.publicKey, envelope.signature)
      return judgeRevocationList(envelope, entry, isGood, options)
    }),
  )
}
