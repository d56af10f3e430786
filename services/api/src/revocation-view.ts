import { createHash } from 'node:crypto'
import { type SignedRevocationList, signRevocationLists } from '@licenseoperator/licensing'
import type { ApiDeps } from './api-deps.ts'

/** The lists as they are answered: for one product key or signing key, or all of them. */
export interface RevocationPage {
  readonly text: string
  readonly etag: string
}

export interface RevocationView {
  /** @returns `undefined` for a product key without a signing key, or a key that signs no list */
  page(wanted: { productKey?: string | undefined; keyId?: string | undefined }): Promise<RevocationPage | undefined>
}

/** Signing costs milliseconds of a core, and anybody may ask: the lists are signed at most this often. */
const MAX_AGE_MS = 60_000

export function createRevocationView(
  deps: Pick<ApiDeps, 'db' | 'keys' | 'log' | 'now'> & { config: Pick<ApiDeps['config'], 'productKeys'> },
): RevocationView {
  let signed: { at: number; lists: Promise<SignedRevocationList[]> } | undefined
  const lists = () => {
    if (signed !== undefined && performance.now() - signed.at < MAX_AGE_MS) return signed.lists
    const loading = signRevocationLists(deps, deps.config.productKeys)
    const signing = { at: performance.now(), lists: loading }
    signed = signing
    // A failure is not remembered.
    loading.catch(() => {
      if (signed === signing) signed = undefined
    })
    return loading
  }
  return {
    async page({ productKey, keyId }) {
      const wanted = (await lists()).filter(
        (list) =>
          (productKey === undefined || list.productKeys.includes(productKey)) && (keyId === undefined || list.keyId === keyId),
      )
      if (wanted.length === 0) return undefined
      const text = wanted.map((list) => list.text).join('')
      return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"` }
    },
  }
}
