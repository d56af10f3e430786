import { verify } from 'node:crypto'
import type { TrustedKeys } from '../key-ring.ts'
import {
  judgeRevocationList,
  judgeRevocationText,
  openRevocationLists,
  type RevocationListOptions,
  type RevocationListVerdict,
} from '../revocation-list.ts'
import type { VerificationKey } from './load-key.ts'

/**
 * Verifies a revocation list, e.g. as fetched from `GET /authlance/license/revocations`. Of a text with several lists, one for
 * each signing key, all that these keys signed count together; the verdict names those that do not count.
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
  const judged = openRevocationLists(text, keys).map((opened) => {
    if (opened.judged) return opened.judged
    const { envelope, entry } = opened
    const isGood = verify('sha256', envelope.payload, entry.key.publicKey, envelope.signature)
    return judgeRevocationList(envelope, entry, isGood, options)
  })
  return judgeRevocationText(judged, options)
}
