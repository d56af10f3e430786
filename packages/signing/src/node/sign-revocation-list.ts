import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import { formatEnvelope, revocationListForm } from '../envelope.ts'
import { MalformedLicenseError } from '../malformed-license-error.ts'
import { encodeRevocationList, type RevocationListPayload } from '../revocation-list.ts'
import type { SigningKey } from './load-key.ts'

const signInThreadPool = promisify(sign)

/**
 * Signs a revocation list.
 *
 * @returns its text: PEM armour, label LICENSE REVOCATION LIST; the same form as a license inside
 * @throws MalformedLicenseError when the payload breaks a rule of `RevocationListPayload`, or the text would be longer than verifiers read
 */
export async function signRevocationList(payload: RevocationListPayload, signingKey: SigningKey): Promise<string> {
  const bytes = encodeRevocationList(payload)
  const signature = await signInThreadPool('sha256', bytes, signingKey.privateKey)
  const parts = {
    keyId: signingKey.keyId,
    payloadB64: Buffer.from(bytes).toString('base64'),
    signatureB64: signature.toString('base64'),
  }
  const text = formatEnvelope(parts, revocationListForm)
  if (text.length > revocationListForm.maxLength)
    throw new MalformedLicenseError(`revocation list is longer than ${revocationListForm.maxLength} characters`)
  return text
}
