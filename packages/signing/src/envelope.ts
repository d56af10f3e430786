import { decodeBase64, decodeBase64ToBinary } from './base64.ts'
import { MalformedLicenseError } from './malformed-license-error.ts'

/** Longest license text that is looked at, in characters (the form is pure ASCII, so: bytes). */
export const MAX_LICENSE_LENGTH = 64 * 1024
/** Longest revocation list that is looked at: more than 200 000 licenses. */
export const MAX_REVOCATION_LIST_LENGTH = 64 * 1024 * 1024

/** What an envelope carries. The label is for people and is not signed: the payload itself says what it is. */
export type EnvelopeForm = {
  readonly begin: string
  readonly end: string
  readonly noun: string
  readonly maxLength: number
}

export const licenseForm = formOf('LICENSE', 'license', MAX_LICENSE_LENGTH)
export const revocationListForm = formOf('LICENSE REVOCATION LIST', 'revocation list', MAX_REVOCATION_LIST_LENGTH)

function formOf(label: string, noun: string, maxLength: number): EnvelopeForm {
  return { begin: `-----BEGIN ${label}-----\n`, end: `-----END ${label}-----\n`, noun, maxLength }
}

/** What a license text holds, decoded but not verified. */
export type Envelope = {
  readonly keyId: string
  readonly payload: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  readonly payloadB64: string
  readonly signatureB64: string
}

/**
 * Renders the one accepted form: PEM armour with the form's label around 64-column base64 of three lines, each ended by a line feed:
 * key id (64 lower-case hex digits), payload in base64, signature in base64. Lines and not JSON, so that `sed` takes them apart
 * and there is no field in which an envelope could name an algorithm.
 */
export function formatEnvelope(
  parts: Pick<Envelope, 'keyId' | 'payloadB64' | 'signatureB64'>,
  form: EnvelopeForm = licenseForm,
): string {
  return armour(btoa(`${parts.keyId}\n${parts.payloadB64}\n${parts.signatureB64}\n`), form)
}

/**
 * Takes a text apart. CRLF line ends and trailing blank lines are tolerated, because mail and editors add them; any other
 * difference from `formatEnvelope`'s output is refused.
 *
 * @throws MalformedLicenseError
 */
export function openEnvelope(input: unknown, form: EnvelopeForm = licenseForm): Envelope {
  const { begin, end, noun, maxLength } = form
  if (typeof input !== 'string') throw new MalformedLicenseError(`${noun} is not text`)
  if (input.length > maxLength) throw new MalformedLicenseError(`${noun} is longer than ${maxLength} characters`)
  const text = withoutTrailingBlankLines(input.includes('\r') ? input.replaceAll('\r\n', '\n') : input)
  if (!text.startsWith(begin)) throw new MalformedLicenseError(`${noun} does not start with the line ${begin.trimEnd()}`)
  if (!text.endsWith(`\n${end}`))
    throw new MalformedLicenseError(`${noun} does not end with the line ${end.trimEnd()} and a newline`)

  const body = text.slice(begin.length, -end.length).replaceAll('\n', '')
  const [keyId, payloadB64, signatureB64, rest, ...more] = decodeBase64ToBinary(body, `${noun} body`).split('\n')
  if (keyId === undefined || payloadB64 === undefined || signatureB64 === undefined || rest !== '' || more.length > 0) {
    throw new MalformedLicenseError(`${noun} body is not key id, payload and signature`)
  }
  if (!/^[0-9a-f]{64}$/.test(keyId)) throw new MalformedLicenseError('key id is not 64 lower-case hex digits')
  const payload = decodeBase64(payloadB64, 'payload')
  const signature = decodeBase64(signatureB64, 'signature')
  // The base64 is canonical and its three lines are all of it: only the line width is left to check.
  if (armour(body, form) !== text) throw new MalformedLicenseError(`${noun} is not in 64-column lines`)
  return { keyId, payload, signature, payloadB64, signatureB64 }
}

function armour(base64: string, { begin, end }: EnvelopeForm): string {
  let lines = ''
  for (let at = 0; at < base64.length; at += 64) lines += `${base64.slice(at, at + 64)}\n`
  return begin + lines + end
}

/** A loop and not `/\n+$/`, which takes quadratic time on 64 KiB of line feeds. */
function withoutTrailingBlankLines(text: string): string {
  let end = text.length
  while (end >= 2 && text[end - 1] === '\n' && text[end - 2] === '\n') end--
  return text.slice(0, end)
}
