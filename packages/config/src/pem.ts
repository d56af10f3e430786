import { findPem, formatPem, type KeySlot } from '@licenseoperator/signing'
import { type Read, Wrong } from './leaf.ts'
import { Secret } from './secret.ts'

/** One private key in PEM form. Only the form: signing loads it and judges algorithm and size. */
export const readPrivatePem: Read<Secret> = (value) => {
  const pem = readPem(value, 'private')
  return pem instanceof Wrong ? pem : new Secret(pem)
}

/** One public key or certificate in PEM form. */
export const readPublicPem: Read<string> = (value) => readPem(value, 'public')

/** Which forms of a key are taken is one rule, signing's. */
function readPem(value: unknown, slot: KeySlot): string | Wrong {
  const found = findPem(value, slot)
  return 'problem' in found ? new Wrong(found.problem.says) : formatPem(found.block)
}
