import type { TrustedKeys } from '../key-ring.ts'
import {
  bestVerdict,
  judgeRevocationList,
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
  const verdicts: RevocationListVerdict[] = []
  for (const opened of openRevocationLists(text, keys)) {
    if (opened.verdict) {
      verdicts.push(opened.verdict)
      continue
    }
    const { envelope, entry } = opened
    const isGood = await crypto.subtle.verify('RSASSA-PKCS1-v1_5', entry.key.publicKey, envelope.signature, envelope.payload)
    verdicts.push(judgeRevocationList(envelope, entry, isGood, options))
  }
  return bestVerdict(verdicts)
}
