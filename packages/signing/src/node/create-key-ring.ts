import { createVerificationRing, maySignFor, type RingEntry, type RingKey, type VerificationRing } from '../key-ring.ts'
import { SigningKeyError } from '../signing-key-error.ts'
import type { SigningKey, VerificationKey } from './load-key.ts'

export type KeyRing = VerificationRing<VerificationKey | SigningKey> & {
  /** The active private key for a product; one that names the product goes before one for all products. */
  readonly signingKeyFor: (productKey: string) => SigningKey | undefined
}

/**
 * Many verification keys, one signing key per product.
 *
 * @throws SigningKeyError `duplicate_key` for a key given twice, `ambiguous_signing_key` for two active private keys for one product
 */
export function createKeyRing(keys: readonly RingKey<VerificationKey | SigningKey>[]): KeyRing {
  const ring = createVerificationRing(keys)
  const signers = ring.entries.filter(isSigner)
  const forAll = signers.filter((entry) => entry.productKeys === undefined)
  if (forAll.length > 1) throw ambiguous('all products')
  const signerOf = (productKey: string) =>
    signers.filter((entry) => entry.productKeys !== undefined && maySignFor(entry, productKey))
  for (const productKey of new Set(signers.flatMap((entry) => entry.productKeys ?? []))) {
    if (signerOf(productKey).length > 1) throw ambiguous(productKey)
  }
  return { ...ring, signingKeyFor: (productKey) => (signerOf(productKey)[0] ?? forAll[0])?.key }
}

function isSigner(entry: RingEntry<VerificationKey | SigningKey>): entry is RingEntry<SigningKey> {
  return entry.state === 'active' && 'privateKey' in entry.key
}

function ambiguous(what: string): SigningKeyError {
  return new SigningKeyError('ambiguous_signing_key', `two active private keys may sign for ${what}`)
}
