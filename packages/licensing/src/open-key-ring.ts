import { createKeyRing, type KeyRing, loadSigningKey, type SigningKey, SigningKeyError } from '@licenseoperator/signing'

export interface ConfiguredKeyPair {
  readonly productKey: string
  readonly privateKeyPem: string
  readonly publicKeyPem?: string | undefined
}

/**
 * The key ring of the configured key pairs. One pair may serve several product keys.
 *
 * @throws SigningKeyError naming the entry (`security[0]`) that cannot sign licenses or whose halves do not match
 */
export function openKeyRing(pairs: readonly ConfiguredKeyPair[]): KeyRing {
  const byId = new Map<string, { key: SigningKey; productKeys: string[] }>()
  for (const [index, pair] of pairs.entries()) {
    const key = loadPair(pair, index)
    const known = byId.get(key.keyId)
    if (known === undefined) byId.set(key.keyId, { key, productKeys: [pair.productKey] })
    else known.productKeys.push(pair.productKey)
  }
  return createKeyRing([...byId.values()])
}

function loadPair(pair: ConfiguredKeyPair, index: number): SigningKey {
  try {
    return loadSigningKey(pair)
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error
    throw new SigningKeyError(error.code, `security[${index}]: ${error.message}`)
  }
}
