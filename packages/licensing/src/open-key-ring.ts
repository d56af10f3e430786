import { createKeyRing, type KeyRing, loadSigningKey, type SigningKey } from '@licenseoperator/signing'

export interface ConfiguredKeyPair {
  readonly productKey: string
  readonly privateKeyPem: string
  readonly publicKeyPem?: string | undefined
}

/**
 * The key ring of the configured key pairs. One pair may serve several product keys.
 *
 * @throws SigningKeyError for a pair that cannot sign licenses or whose halves do not match
 */
export function openKeyRing(pairs: readonly ConfiguredKeyPair[]): KeyRing {
  const byId = new Map<string, { key: SigningKey; productKeys: string[] }>()
  for (const pair of pairs) {
    const key = loadSigningKey(pair)
    const known = byId.get(key.keyId)
    if (known === undefined) byId.set(key.keyId, { key, productKeys: [pair.productKey] })
    else known.productKeys.push(pair.productKey)
  }
  return createKeyRing([...byId.values()])
}
