import type { TrustedKeys } from '../key-ring.ts'
import {
  type JudgedList,
  judgeRevocationList,
  judgeRevocationText,
  openRevocationLists,
  type RevocationListOptions,
  type RevocationListVerdict,
} from '../revocation-list.ts'
import type { VerificationKey } from './load-verification-key.ts'

/** `verifyRevocationList` of the Node entry on WebCrypto: same checks, same verdicts, a promise. */
export async function verifyRevocationList(
  text: string,
  keys: TrustedKeys<VerificationKey>,
  options: RevocationListOptions = {},
): Promise<RevocationListVerdict> {
  const judged: JudgedList[] = []
  for (const opened of openRevocationLists(text, keys)) {
    if (opened.judged) {
      judged.push(opened.judged)
      continue
    }
    const { envelope, entry } = opened
    const isGood = await crypto.subtle.verify('RSASSA-PKCS1-v1_5', entry.key.publicKey, envelope.signature, envelope.payload)
    judged.push(judgeRevocationList(envelope, entry, isGood, options))
  }
  return judgeRevocationText(judged, options)
}
