import { SigningKeyError } from './signing-key-error.ts'

/**
 * Where a key is in its life. `pending`: published so that every verifier knows it before it signs; `active`: signs;
 * `retired`: signs no more, its licenses stay good; `compromised`: its licenses are refused.
 */
export const keyStates = ['pending', 'active', 'retired', 'compromised'] as const
export type KeyState = (typeof keyStates)[number]

/** Anything with a key id: keys of Node and of WebCrypto share this file. */
export type Identified = { readonly keyId: string }

/** A key and what it may be used for. */
export type RingKey<K extends Identified> = {
  readonly key: K
  /** Default `active`. */
  readonly state?: KeyState | undefined
  /** Product keys it may sign for. Default: all. A license of another product signed by it is refused. */
  readonly productKeys?: readonly string[] | undefined
}

/** A `RingKey` with its defaults filled in. */
export type RingEntry<K extends Identified> = {
  readonly key: K
  readonly state: KeyState
  readonly productKeys: readonly string[] | undefined
}

/** Verification keys by id. */
export type VerificationRing<K extends Identified> = {
  readonly entries: readonly RingEntry<K>[]
  readonly entryOf: (keyId: string) => RingEntry<K> | undefined
}

/** What a verifier trusts: one key, several, or a ring. */
export type TrustedKeys<K extends Identified> = K | readonly K[] | VerificationRing<K>

/** @throws SigningKeyError `duplicate_key` when one key is given twice: which of the two entries counts must not depend on their order */
export function createVerificationRing<K extends Identified>(keys: readonly RingKey<K>[]): VerificationRing<K> {
  const byId = new Map<string, RingEntry<K>>()
  for (const { key, state = 'active', productKeys } of keys) {
    if (!keyStates.includes(state)) throw new TypeError(`key state is not one of ${keyStates.join(', ')}`)
    if (byId.has(key.keyId)) throw new SigningKeyError('duplicate_key', `key ${key.keyId} is in the ring twice`)
    byId.set(key.keyId, { key, state, productKeys: productKeys && [...productKeys] })
  }
  return { entries: [...byId.values()], entryOf: (keyId) => byId.get(keyId) }
}

/** The ring of whatever a caller passed as trusted keys. */
export function ringOf<K extends Identified>(keys: TrustedKeys<K>): VerificationRing<K> {
  if ('entryOf' in keys) return keys
  return isList(keys) ? createVerificationRing(keys.map((key) => ({ key }))) : ringOfOne(keys)
}

/** Made anew for each license, so without the Map. */
function ringOfOne<K extends Identified>(key: K): VerificationRing<K> {
  const entry: RingEntry<K> = { key, state: 'active', productKeys: undefined }
  return { entries: [entry], entryOf: (keyId) => (keyId === key.keyId ? entry : undefined) }
}

/** True when the key may sign licenses of the product. */
export function maySignFor(entry: RingEntry<Identified>, productKey: string): boolean {
  return entry.productKeys === undefined || entry.productKeys.includes(productKey)
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList<K extends Identified>(keys: K | readonly K[]): keys is readonly K[] {
  return Array.isArray(keys)
}
