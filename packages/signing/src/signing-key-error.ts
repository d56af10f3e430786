/** Why a key or a set of keys was refused. */
export type SigningKeyErrorCode =
  | 'unreadable_key'
  | 'encrypted_key'
  | 'private_key_refused'
  | 'not_rsa'
  | 'modulus_too_short'
  | 'exponent_too_small'
  | 'key_mismatch'
  | 'duplicate_key'
  | 'ambiguous_signing_key'

/** A key that cannot be used. Carries no `cause` on purpose: nothing of the key's text may reach a log through it. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError'
  readonly code: SigningKeyErrorCode

  constructor(code: SigningKeyErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
