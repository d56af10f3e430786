import { decodeBase64, decodeBase64ToBinary } from './base64.ts'
import { MalformedLicenseError } from './malformed-license-error.ts'

const BEGIN = '-----BEGIN LICENSE-----\n'
const END = '-----END LICENSE-----\n'

/** Longest license text that is looked at, in characters (the form is pure ASCII, so: bytes). */
export const MAX_LICENSE_LENGTH = 64 * 1024

/** What a license text holds, decoded but not verified. */
export type Envelope = {
  readonly keyId: string
  readonly payload: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  readonly payloadB64: string
  readonly signatureB64: string
}

/**
 * Renders the one accepted form: PEM armour with label LICENSE around 64-column base64 of three lines, each ended by a line feed:
 * key id (64 lower-case hex digits), payload in base64, signature in base64. Lines and not JSON, so that `sed` takes them apart
 * and there is no field in which an envelope could name an algorithm.
 */
export function formatEnvelope(parts: Pick<Envelope, 'keyId' | 'payloadB64' | 'signatureB64'>): string {
  return armour(btoa(`${parts.keyId}\n${parts.payloadB64}\n${parts.signatureB64}\n`))
}

/**
 * Takes a license text apart. CRLF line ends and trailing blank lines are tolerated, because mail and editors add them; any other
 * difference from `formatEnvelope`'s output is refused.
 *
 * @throws MalformedLicenseError
 */
export function openEnvelope(input: unknown): Envelope {
  if (typeof input !== 'string') throw new MalformedLicenseError('license is not text')
  if (input.length > MAX_LICENSE_LENGTH)
    throw new MalformedLicenseError(`license is longer than ${MAX_LICENSE_LENGTH} characters`)
  const text = withoutTrailingBlankLines(input.includes('\r') ? input.replaceAll('\r\n', '\n') : input)
  if (!text.startsWith(BEGIN)) throw new MalformedLicenseError('license does not start with the line -----BEGIN LICENSE-----')
  if (!text.endsWith(`\n${END}`))
    throw new MalformedLicenseError('license does not end with the line -----END LICENSE----- and a newline')

  const body = text.slice(BEGIN.length, -END.length).replaceAll('\n', '')
  const [keyId, payloadB64, signatureB64, rest, ...more] = decodeBase64ToBinary(body, 'license body').split('\n')
  if (keyId === undefined || payloadB64 === undefined || signatureB64 === undefined || rest !== '' || more.length > 0) {
    throw new MalformedLicenseError('license body is not key id, payload and signature')
  }
  if (!/^[0-9a-f]{64}$/.test(keyId)) throw new MalformedLicenseError('key id is not 64 lower-case hex digits')
  const payload = decodeBase64(payloadB64, 'payload')
  const signature = decodeBase64(signatureB64, 'signature')
  // The base64 is canonical and its three lines are all of it: only the line width is left to check.
  if (armour(body) !== text) throw new MalformedLicenseError('license is not in 64-column lines')
  return { keyId, payload, signature, payloadB64, signatureB64 }
}

function armour(base64: string): string {
  let lines = ''
  for (let at = 0; at < base64.length; at += 64) lines += `${base64.slice(at, at + 64)}\n`
  return BEGIN + lines + END
}

/** A loop and not `/\n+$/`, which takes quadratic time on 64 KiB of line feeds. */
function withoutTrailingBlankLines(text: string): string {
  let end = text.length
  while (end >= 2 && text[end - 1] === '\n' && text[end - 2] === '\n') end--
  return text.slice(0, end)
}
