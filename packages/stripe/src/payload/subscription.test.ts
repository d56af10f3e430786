import { expect, test } from 'vitest'
import { readSubscription } from './subscription.ts'

const at = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000
const subscription = (other: object = {}) =>
  readSubscription({
    id: 'sub_1',
    status: 'active',
    metadata: {},
    items: { data: [{ current_period_end: at('2027-01-01'), price: { id: 'price_1', product: 'prod_1' } }] },
    ...other,
  })

test.each([
  ['by a date', { cancel_at: at('2026-06-01') }, '2026-06-01'],
  ['by a flag: with the period', { cancel_at_period_end: true }, '2027-01-01'],
  ['by a date, whatever the flag', { cancel_at: at('2026-06-01'), cancel_at_period_end: true }, '2026-06-01'],
])('a planned end is told %s', (_how, other, day) => {
  expect(subscription(other).cancelAt).toEqual(new Date(`${day}T00:00:00Z`))
})

test.each([{}, { cancel_at: null, cancel_at_period_end: false }, { cancel_at_period_end: null }])('%j: it goes on', (other) =>
  expect(subscription(other).cancelAt).toBeUndefined(),
)

test('of several items the last period counts', () => {
  const data = ['2026-02-01', '2027-01-01', '2026-05-01'].map((day) => ({ current_period_end: at(day) }))
  expect(subscription({ items: { data } }).periodEnd).toEqual(new Date('2027-01-01T00:00:00Z'))
})

test('an end is an instant with a reason, and what goes on has neither', () => {
  const ended = subscription({ ended_at: at('2026-06-01'), cancellation_details: { reason: 'payment_failed' } })
  expect([ended.endedAt, ended.endedReason]).toEqual([new Date('2026-06-01T00:00:00Z'), 'payment_failed'])
  const open = subscription({ ended_at: null, cancellation_details: { reason: null } })
  expect([open.endedAt, open.endedReason]).toEqual([undefined, undefined])
})

test('what its items are sold on, whether prices are named or sent', () => {
  const data = ['price_named', { id: 'price_sent', product: { id: 'prod_1' } }, null].map((price) => ({
    current_period_end: at('2027-01-01'),
    price,
  }))
  const { priceIds, stripeProductIds } = subscription({ items: { data } })
  expect([priceIds, stripeProductIds]).toEqual([['price_named', 'price_sent'], ['prod_1']])
})

test.each([
  ['no item', { items: { data: [] } }],
  ['no state', { status: undefined }],
  ['an end that is no number', { ended_at: '2026-06-01' }],
])('one with %s is an unknown shape', (_what, other) => expect(() => subscription(other)).toThrow())
