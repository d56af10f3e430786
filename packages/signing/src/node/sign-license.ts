import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import { formatEnvelope, MAX_LICENSE_LENGTH } from '../envelope.ts'
import { encodePayload, type LicensePayload } from '../license-payload.ts'
import { MalformedLicenseError } from '../malformed-license-error.ts'
import type { SigningKey } from './load-key.ts'

export type SignedLicense = {
  /** The license file: PEM armour, label LICENSE. */
  readonly text: string
  /** The signed bytes, standard base64. */
  readonly payloadB64: string
  /** RSASSA-PKCS1-v1_5 with SHA-256 over exactly those bytes, standard base64. */
  readonly signatureB64: string
  readonly keyId: string
}

// With a callback, crypto.sign works on libuv's thread pool: an RSA signature takes 1 to 7 ms and must not stall the event loop.
const signInThreadPool = promisify(sign)

/**
 * Signs a license.
 *
 * @throws MalformedLicenseError when the payload breaks a rule of `LicensePayload`, or the text would be longer than verifiers read
 */
export async function signLicense(payload: LicensePayload, signingKey: SigningKey): Promise<SignedLicense> {
  const bytes = encodePayload(payload)
  const signature = await signInThreadPool('sha256', bytes, signingKey.privateKey)
  const parts = {
    keyId: signingKey.keyId,
    payloadB64: Buffer.from(bytes).toString('base64'),
    signatureB64: signature.toString('base64'),
  }
  const text = formatEnvelope(parts)
  if (text.length > MAX_LICENSE_LENGTH) throw new MalformedLicenseError(`license is longer than ${MAX_LICENSE_LENGTH} characters`)
  return { text, ...parts }
}
