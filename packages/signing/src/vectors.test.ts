import { describe, expect, test } from 'vitest'
import { readVectors, type Vector, type VectorKey } from '../test/vectors.ts'
import { createKeyRing, loadVerificationKey, verifyLicense } from './index.ts'
import type { VerifyOptions } from './verdict.ts'
import * as web from './web.ts'

const keys = readVectors<VectorKey>('v1-keys.json')
const valid = readVectors<Vector>('v1-valid.json')
const rejected = readVectors<Vector>('v1-rejected.json')

const nodeRing = createKeyRing(keys.map((key) => ({ ...key, key: loadVerificationKey(key.publicKeyPem) })))
const webRing = web.createKeyRing(
  await Promise.all(keys.map(async (key) => ({ ...key, key: await web.loadVerificationKey(key.publicKeyPem) }))),
)

test('there are at least 30 licenses to refuse, under every status', () => {
  expect(rejected.length).toBeGreaterThanOrEqual(30)
  const statuses = new Set(rejected.map((vector) => vector.expected.status))
  expect([...statuses].sort()).toEqual([
    'bad_signature',
    'expired',
    'malformed',
    'not_yet_valid',
    'unknown_key',
    'wrong_domain',
    'wrong_product',
  ])
})

test('key ids are what the vector file says', async () => {
  for (const key of keys)
    expect([loadVerificationKey(key.publicKeyPem).keyId, await web.keyId(key.publicKeyPem)]).toEqual([key.keyId, key.keyId])
})

describe.each([
  ['accepted', valid],
  ['refused', rejected],
])('%s by Node and by WebCrypto alike', (_kind, vectors) => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const verdict = verifyLicense(vector.text, nodeRing, optionsOf(vector))
    expect(verdict).toMatchObject(vector.expected)
    expect(await web.verifyLicense(vector.text, webRing, optionsOf(vector))).toEqual(verdict)
  })
})

function optionsOf({ options }: Vector): VerifyOptions {
  const { now, lastSeenAt, ...rest } = options
  return { ...rest, now: () => new Date(now), lastSeenAt: lastSeenAt === undefined ? undefined : new Date(lastSeenAt) }
}
