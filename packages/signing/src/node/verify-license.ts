import { verify } from 'node:crypto'
import { judgeLicense, openLicense, readChecks } from '../judge-license.ts'
import type { TrustedKeys } from '../key-ring.ts'
import type { LicenseVerdict, VerifyOptions } from '../verdict.ts'
import type { VerificationKey } from './load-key.ts'

/**
 * Verifies a license, offline. Checks form, key, signature, product, domain, revocation (with `revocations`) and time, in this order. Does not check
 * group, license type or seats (`checkSeats`).
 *
 * @param text  the license file; whatever it holds, this does not throw
 * @param keys  the keys to trust, pinned in the product: never take them from the licensee
 * @throws TypeError for wrong options, SigningKeyError for a list that holds one key twice
 */
export function verifyLicense(text: string, keys: TrustedKeys<VerificationKey>, options: VerifyOptions = {}): LicenseVerdict {
  const checks = readChecks(options)
  const opened = openLicense(text, keys)
  if (opened.verdict) return opened.verdict
  const { envelope, entry } = opened
  // The algorithm is fixed by the kind of key: an RSA KeyObject without padding option means PKCS#1 v1.5.
  const signatureIsGood = verify('sha256', envelope.payload, entry.key.publicKey, envelope.signature)
  return judgeLicense(envelope, entry, signatureIsGood, checks)
}
