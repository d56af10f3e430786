import { expect, test } from 'vitest'
import { checkoutIssuanceKey, subscriptionIssuanceKey } from './issuance-key.ts'

const start = new Date('2026-01-01T00:00:00Z')

test('a period has one key, whichever event of it is at hand', () => {
  expect(subscriptionIssuanceKey('sub_1', start)).toBe('subscription:sub_1:1767225600')
  expect(subscriptionIssuanceKey('sub_1', new Date(start))).toBe(subscriptionIssuanceKey('sub_1', start))
})

test('another period, another subscription and another checkout are other purchases', () => {
  const keys = [
    subscriptionIssuanceKey('sub_1', start),
    subscriptionIssuanceKey('sub_1', new Date(start.getTime() + 1000)),
    subscriptionIssuanceKey('sub_2', start),
    checkoutIssuanceKey('cs_1'),
    checkoutIssuanceKey('cs_2'),
  ]
  expect(new Set(keys).size).toBe(keys.length)
})

test.each([
  ['no instant', new Date(Number.NaN)],
  ['no start, which Stripe writes as 0', new Date(0)],
  ['a time before', new Date(-1000)],
  ['a fraction of a second', new Date(start.getTime() + 1)],
])('%s is no start of a period', (_what, at) => {
  expect(() => subscriptionIssuanceKey('sub_1', at)).toThrow(
    expect.objectContaining({ code: 'invalid_payload', field: 'period.start' }),
  )
})
