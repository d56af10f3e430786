import { createKeyRing, generateSigningKey, type KeyRing, loadSigningKey } from '@licenseoperator/signing'

/** A ring with one new key that signs for these products. */
export async function aKeyRing(...productKeys: string[]): Promise<KeyRing> {
  return createKeyRing([{ key: loadSigningKey(await generateSigningKey({ modulusLength: 2048 })), productKeys }])
}
