import { day } from '@licenseoperator/db/testing'
import { createKeyRing, generateSigningKey, loadSigningKey } from '@licenseoperator/signing'
import { expect, test } from 'vitest'
import { listsOf } from './sign-revocation-lists.ts'

const [shared, alone] = await Promise.all(
  [1, 2].map(async () => loadSigningKey(await generateSigningKey({ modulusLength: 2048 }))),
)
if (shared === undefined || alone === undefined) throw new Error('two keys are needed')
const keys = createKeyRing([
  { key: shared, productKeys: ['core', 'more'] },
  { key: alone, productKeys: ['other'] },
])
const revoked = (productKey: string, supersededBy?: string) => ({
  licenseId: `L-${productKey}`,
  productKey,
  revokedAt: day(3),
  reason: 'refunded',
  supersededBy,
})
const lists = (productKeys: string[], ...rows: ReturnType<typeof revoked>[]) =>
  listsOf(keys, productKeys, rows, { number: 7, at: day(5) }).map(({ key, payload }) => ({ keyId: key.keyId, ...payload }))

test('each signing key names the revoked licenses of its products, and of no other', () => {
  const rows = [revoked('core'), revoked('other', 'L-new'), revoked('more')]
  expect(lists(['core', 'other', 'more'], ...rows)).toEqual([
    expect.objectContaining({
      keyId: shared.keyId,
      productKeys: ['core', 'more'],
      revoked: [
        { licenseId: 'L-core', revokedAt: '2026-01-03T12:00:00Z', reason: 'refunded' },
        { licenseId: 'L-more', revokedAt: '2026-01-03T12:00:00Z', reason: 'refunded' },
      ],
    }),
    expect.objectContaining({
      keyId: alone.keyId,
      revoked: [{ licenseId: 'L-other', revokedAt: '2026-01-03T12:00:00Z', reason: 'refunded', supersededBy: 'L-new' }],
    }),
  ])
})

test('a list says which it is and when it was made, also where it names no license', () => {
  const empty = { number: 7, issuedAt: '2026-01-05T12:00:00Z', productKeys: ['core'], revoked: [] }
  expect(lists(['core', 'core'])).toEqual([expect.objectContaining(empty)])
})

test('a product key without a signing key has no list', () => expect(lists(['unknown'])).toEqual([]))
