import { judgeLicense, openLicense, readChecks } from '../judge-license.ts'
import type { TrustedKeys } from '../key-ring.ts'
import type { LicenseVerdict, VerifyOptions } from '../verdict.ts'
import type { VerificationKey } from './load-verification-key.ts'

/** `verifyLicense` of the Node entry on WebCrypto: same checks, same verdicts, a promise. Rejects only for wrong options or keys. */
export async function verifyLicense(
  text: string,
  keys: TrustedKeys<VerificationKey>,
  options: VerifyOptions = {},
): Promise<LicenseVerdict> {
  const checks = readChecks(options)
  const opened = openLicense(text, keys)
  if (opened.verdict) return opened.verdict
  const { envelope, entry } = opened
  const signatureIsGood = await crypto.subtle.verify(
    'RSASSA-PKCS1-v1_5',
    entry.key.publicKey,
    envelope.signature,
    envelope.payload,
  )
  return judgeLicense(envelope, entry, signatureIsGood, checks)
}
