import type { LicensePayload } from './license-payload.ts'
import type { RevocationList } from './revocation-list.ts'

/** Present where the signature was checked and good: the license says this, even if it is not good here or now. */
type Trusted = { readonly license: LicensePayload; readonly keyId: string; readonly message: string }

/**
 * What a verifier found. Only `valid` lets the product run; the others say what to tell the customer.
 * Verification is not enforcement: keep the way to renew open whatever the verdict is.
 */
export type LicenseVerdict =
  /** `inGrace`: past `expiresAt`, within the caller's `graceDays`. */
  | ({ readonly status: 'valid'; readonly inGrace: boolean } & Trusted)
  | ({ readonly status: 'expired' } & Trusted)
  /** The clock (`clock`, RFC 3339) shows a time that cannot be: before the issue of the license, or before `lastSeenAt`. */
  | ({ readonly status: 'not_yet_valid'; readonly reason: ClockReason; readonly clock: string } & Trusted)
  /** It is on the revocation list that the caller passed. `supersededBy`: the license that took its place. */
  | ({
      readonly status: 'revoked'
      readonly reason: string
      readonly revokedAt: string
      readonly supersededBy?: string | undefined
    } & Trusted)
  | ({ readonly status: 'wrong_product' } & Trusted)
  | ({ readonly status: 'wrong_domain' } & Trusted)
  /** `keyId` is what the text claims. */
  | { readonly status: 'unknown_key'; readonly reason: KeyReason; readonly keyId: string; readonly message: string }
  | { readonly status: 'bad_signature'; readonly keyId: string; readonly message: string }
  | { readonly status: 'malformed'; readonly message: string }

export type LicenseStatus = LicenseVerdict['status']
export type ClockReason = 'clock_before_issue' | 'clock_before_last_seen'
/** `not_in_ring`: never known, or removed; `compromised`: known and no longer trusted; `not_for_product`: may not sign for that product. */
export type KeyReason = 'not_in_ring' | 'compromised' | 'not_for_product'

export type VerifyOptions = {
  /** Clock. Default: the host's. */
  readonly now?: (() => Date) | undefined
  /** Days after `expiresAt` in which the license is still `valid`, with `inGrace`. Default 0. */
  readonly graceDays?: number | undefined
  /** Product key, or several, that the license must be for. Default: any. */
  readonly expectedProductKey?: string | readonly string[] | undefined
  /** Domain the license must be bound to; case and a leading dot don't matter. A license bound to none is refused. Default: any. */
  readonly expectedDomain?: string | undefined
  /** Latest time the caller remembers having seen. A clock before it was set back. */
  readonly lastSeenAt?: Date | undefined
  /** A verified revocation list (`verifyRevocationList`). Default: none, and nothing is revoked. */
  readonly revocations?: RevocationList | undefined
  /** How far the clock may be behind `issuedAt` and `lastSeenAt`: hosts disagree by seconds. Default 0. */
  readonly clockToleranceSeconds?: number | undefined
}
