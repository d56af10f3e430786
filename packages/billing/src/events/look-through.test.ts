import { isPriceId, isSubscriptionId } from '@licenseoperator/stripe'
import { expect, test } from 'vitest'
import { idsAmong, lookThrough } from './look-through.ts'

test('texts and metadata are found wherever they stand', () => {
  const { texts, metadata, isWhole } = lookThrough({
    id: 'in_1',
    lines: { data: [{ price: 'price_1', metadata: { a: 'b' } }], has_more: false },
    parent: { details: { subscription: 'sub_1', metadata: { c: 'd' } } },
    metadata: {},
  })
  expect([...texts].sort()).toEqual(['b', 'd', 'in_1', 'price_1', 'sub_1'])
  expect(metadata).toEqual(expect.arrayContaining([{}, { a: 'b' }, { c: 'd' }]))
  expect(metadata).toHaveLength(3)
  expect(isWhole).toBe(true)
})

test('what has more at Stripe is not whole, however deep that is said', () => {
  expect(lookThrough({ lines: { has_more: true } }).isWhole).toBe(false)
  expect(lookThrough({ a: [{ b: { has_more: true } }] }).isWhole).toBe(false)
  expect(lookThrough({ lines: { has_more: 'true' } }).isWhole).toBe(true)
})

test('what has more than is looked at is not whole', () => {
  const many = (count: number) => ({ texts: Array.from({ length: count }, (_, index) => `text ${index}`) })
  expect(lookThrough(many(4998)).isWhole).toBe(true)
  expect(lookThrough(many(4999)).isWhole).toBe(false)
})

test.each([null, 'text', 7])('metadata that is %j is none', (metadata) => {
  expect(lookThrough({ metadata }).metadata).toEqual([])
})

test("only what can be an id of Stripe's is asked for", () => {
  const texts = new Set(['price_1', 'plan_1', 'prod_1', 'price_ü', 'price 1', `price_${'x'.repeat(250)}`, 'my price_2', ''])
  expect(idsAmong(texts, isPriceId)).toEqual(['price_1', 'plan_1'])
  expect(idsAmong(texts, isSubscriptionId)).toEqual([])
})
