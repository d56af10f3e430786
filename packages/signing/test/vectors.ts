import { readFileSync } from 'node:fs'
import type { KeyState, LicenseStatus, RevocationListVerdict } from '../src/index.ts'

/** Form of `vectors/v1-keys.json`. */
export type VectorKey = {
  readonly name: string
  readonly keyId: string
  readonly publicKeyPem: string
  readonly state: KeyState
  readonly productKeys?: string[]
}

/** Verify options as JSON: instants are text. */
export type VectorOptions = {
  readonly now: string
  readonly graceDays?: number
  readonly expectedProductKey?: string | string[]
  readonly expectedDomain?: string
  readonly lastSeenAt?: string
}

/** One entry of `vectors/v1-valid.json` and `vectors/v1-rejected.json`. `expected` lists fields that the verdict must have. */
export type Vector = {
  readonly name: string
  readonly text: string
  readonly options: VectorOptions
  readonly expected: { readonly status: LicenseStatus; readonly inGrace?: boolean; readonly reason?: string }
}

export type VectorFile<T> = { readonly about: string; readonly vectors: readonly T[] }

export const vectorFolder = new URL('../vectors/', import.meta.url)

export function readVectors<T>(name: string): readonly T[] {
  const file: VectorFile<T> = JSON.parse(readFileSync(new URL(name, vectorFolder), 'utf8'))
  return file.vectors
}

/** One entry of `vectors/v1-revocations.json`; `trusted` names keys of that file. */
export type RevocationVector = {
  readonly name: string
  readonly text: string
  readonly trusted: readonly string[]
  readonly options?: { readonly expectedProductKey?: string; readonly lastNumber?: number | Record<string, number> }
  readonly expected: {
    readonly status: RevocationListVerdict['status']
    readonly number?: number
    readonly productKeys?: readonly string[]
    readonly revoked?: readonly string[]
    readonly uncounted?: readonly string[]
  }
}

export type RevocationVectorFile = VectorFile<RevocationVector> & {
  readonly keys: readonly Pick<VectorKey, 'name' | 'keyId' | 'publicKeyPem'>[]
}
