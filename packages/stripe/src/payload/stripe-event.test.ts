import { expect, test } from 'vitest'
import { readStripeEvent } from './stripe-event.ts'

const snapshot = { id: 'evt_1', object: 'event', type: 'invoice.paid', data: { object: {} } }
const thin = { id: 'evt_1', object: 'v2.core.event', type: 'v1.invoice.paid' }
const read = (event: object) => readStripeEvent(JSON.stringify(event))

test('an event says when it was made: in seconds, a thin one as a date', () => {
  const at = new Date('2026-01-01T00:00:00Z')
  expect(read({ ...snapshot, created: at.getTime() / 1000 }).createdAt).toEqual(at)
  expect(read({ ...thin, created: '2026-01-01T00:00:00.000Z' }).createdAt).toEqual(at)
  expect(read({ ...thin, created: '2026-01-01T02:00:00+02:00' }).createdAt).toEqual(at)
})

test.each([
  ['none', snapshot],
  ['null', { ...snapshot, created: null }],
  ['a text', { ...snapshot, created: '2026-01-01T00:00:00Z' }],
  ['a fraction', { ...snapshot, created: 1.5 }],
  ['one that no date can hold', { ...snapshot, created: 9_000_000_000_000 }],
  ['none, thin', thin],
  ['no date, thin', { ...thin, created: 'yesterday' }],
])('an instant that is %s is refused, never an invalid date', (_what, event) => {
  expect(() => read(event)).toThrow('does not say when it was made')
})

test.each(['id', 'type'])('an %s that its column cannot hold makes it no event, and one that just fits is one', (field) => {
  const dated = { ...snapshot, created: 0 }
  expect(() => read({ ...dated, [field]: 'e'.repeat(255) })).not.toThrow()
  for (const unfit of ['e'.repeat(256), 'evt_ü', 'evt_\u0007', 'evt 1', '']) {
    expect(() => read({ ...dated, [field]: unfit })).toThrow('the body is not an event')
  }
})

test('an API version of any form is no reason to refuse an event', () => {
  for (const version of [`2026-10-28.endive; ${'p'.repeat(900)}`, 'ü', 7, null])
    expect(read({ ...snapshot, created: 0, api_version: version }).id).toBe('evt_1')
})
