import { openEnvelope } from './envelope.ts'
import { decodePayload, type LicensePayload } from './license-payload.ts'
import { MalformedLicenseError } from './malformed-license-error.ts'

export type UnverifiedLicense =
  | {
      readonly status: 'unverified'
      /** What the text claims. Anybody can write this. */
      readonly license: LicensePayload
      readonly keyId: string
      readonly payloadB64: string
      readonly signatureB64: string
    }
  | { readonly status: 'malformed'; readonly message: string }

/** Shows what a license text claims **without checking its signature**: for inspection and support, never for a decision. Never throws. */
export function parseLicenseWithoutVerifying(text: string): UnverifiedLicense {
  try {
    const { keyId, payload, payloadB64, signatureB64 } = openEnvelope(text)
    return { status: 'unverified', license: decodePayload(payload), keyId, payloadB64, signatureB64 }
  } catch (error) {
    if (!(error instanceof MalformedLicenseError)) throw error
    return { status: 'malformed', message: error.message }
  }
}
