import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type RevocationVector, type RevocationVectorFile, vectorFolder } from '../test/vectors.ts'
import { loadVerificationKey, type RevocationListVerdict, verifyRevocationList } from './index.ts'
import * as web from './web.ts'

const { keys, vectors }: RevocationVectorFile = JSON.parse(readFileSync(new URL('v1-revocations.json', vectorFolder), 'utf8'))
const pemsOf = ({ trusted }: RevocationVector) =>
  keys.filter(({ name }) => trusted.includes(name)).map(({ publicKeyPem }) => publicKeyPem)

describe('revocation lists, by Node and by WebCrypto alike', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const { number, productKeys, revoked, status, uncounted = [] } = vector.expected
    const node = verifyRevocationList(vector.text, pemsOf(vector).map(loadVerificationKey), vector.options)
    const webKeys = await Promise.all(pemsOf(vector).map(web.loadVerificationKey))
    const onWeb = await web.verifyRevocationList(vector.text, webKeys, vector.options)
    for (const verdict of [node, onWeb]) {
      expect(verdict.status).toBe(status)
      if (verdict.status === 'current') expect(shown(verdict)).toEqual({ number, productKeys, revoked, uncounted })
    }
    expect(onWeb.message).toBe(node.message)
  })
})

function shown({ list, uncounted }: RevocationListVerdict & { status: 'current' }) {
  return {
    number: list.number,
    productKeys: [...list.productKeys].sort(),
    revoked: list.revoked.map(({ licenseId }) => licenseId).sort(),
    uncounted: uncounted.map(({ keyId }) => keyId),
  }
}
