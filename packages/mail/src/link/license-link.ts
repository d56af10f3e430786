import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { LicenseId } from '@licenseoperator/domain'

/** What a link says: it opens one license, from when it was made until it ends. */
export interface LicenseLink {
  readonly licenseId: string
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/** Signs links, and nothing else: whoever has this key cannot make tokens of the API. */
export type LinkKey = Uint8Array

/** @param secret  of the API's tokens; a link dies with it */
export function linkKeyOf(secret: string): LinkKey {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'licenseoperator license link v1', 32))
}

/** `{license id}.{made}.{ends}.{signature}`: instants as milliseconds in base 36, HMAC-SHA256 in base64url. */
export function writeLink(key: LinkKey, { licenseId, issuedAt, expiresAt }: LicenseLink): string {
  const said = `${licenseId}.${issuedAt.getTime().toString(36)}.${expiresAt.getTime().toString(36)}`
  return `${said}.${signatureOf(key, said)}`
}

const FORM = /^(?<said>(?<licenseId>[^.]{1,66})\.(?<issued>[0-9a-z]{1,11})\.(?<expires>[0-9a-z]{1,11}))\.(?<signature>[\w-]{43})$/

/** @returns undefined for what we did not sign, and for what is over */
export function readLink(key: LinkKey, token: string, now: Date): LicenseLink | undefined {
  const { said, licenseId, issued, expires, signature } = FORM.exec(token)?.groups ?? {}
  if (said === undefined || issued === undefined || expires === undefined || signature === undefined) return undefined
  // As text: base64url has several spellings of the last character, and one of them is ours.
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(key, said)))) return undefined
  const expiresAt = new Date(Number.parseInt(expires, 36))
  const id = LicenseId.safeParse(licenseId)
  if (!id.success || now >= expiresAt) return undefined
  return { licenseId: id.data, issuedAt: new Date(Number.parseInt(issued, 36)), expiresAt }
}

function signatureOf(key: LinkKey, said: string): string {
  return createHmac('sha256', key).update(said).digest('base64url')
}

const PATH = '/authlance/license/l/'

/** The address of a link's page. */
export function linkUrl(base: string, token: string): string {
  return new URL(`${PATH}${token}`, base).href
}
