import { MalformedLicenseError } from './malformed-license-error.ts'

/**
 * Decodes standard padded base64 in its one canonical spelling, to a string with one character per byte.
 * `atob` is lenient (white space, missing padding, up to 16 spellings of the last character), so whatever does not encode back to
 * the very same text is refused: otherwise one license would have many texts.
 */
export function decodeBase64ToBinary(text: string, what: string): string {
  const binary = lenientAtob(text)
  if (binary === undefined || btoa(binary) !== text) throw new MalformedLicenseError(`${what} is not canonical base64`)
  return binary
}

/** As `decodeBase64ToBinary`, to bytes. */
export function decodeBase64(text: string, what: string): Uint8Array<ArrayBuffer> {
  const binary = decodeBase64ToBinary(text, what)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

function lenientAtob(text: string): string | undefined {
  try {
    return atob(text)
  } catch {
    return undefined // atob's only way to say "not base64"
  }
}
