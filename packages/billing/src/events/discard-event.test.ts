import { describe, expect, test } from 'vitest'
import { heldBy } from './discard-event.ts'

const metadata = { reservation_id: 'R-1' }
const told = (type: string, object: Record<string, unknown>, relatedId?: string) => heldBy({ type, object, relatedId })

describe('a purchase names what it held', () => {
  test.each([
    ['a session', 'checkout.session.completed', { id: 'cs_1', metadata }],
    ['a session that was paid later', 'checkout.session.async_payment_succeeded', { id: 'cs_1', metadata }],
    ['an invoice since basil', 'invoice.paid', { id: 'in_1', parent: { subscription_details: { metadata } }, metadata: {} }],
    ['an invoice before', 'invoice.payment_succeeded', { id: 'in_1', subscription_details: { metadata } }],
    ['whatever else of it nobody can read', 'checkout.session.completed', { id: 7, amount_total: 'a lot', metadata }],
  ])('%s', (_what, type, object) => expect(told(type, object)).toEqual({ reservationId: 'R-1' }))
})

describe('where it does not, its session tells', () => {
  test.each([
    ['no metadata', { id: 'cs_1', metadata: null }, undefined],
    ['metadata without it', { id: 'cs_1', metadata: { product_slug: 'core' } }, undefined],
    ['a thin event', {}, 'cs_1'],
  ])('%s', (_what, object, relatedId) => {
    expect(told('checkout.session.completed', object, relatedId)).toEqual({ sessionId: 'cs_1' })
  })
})

test('what names neither held nothing that anybody knows', () => {
  expect(told('invoice.paid', {})).toEqual({ sessionId: undefined })
})

test.each(['charge.refunded', 'checkout.session.expired', 'customer.subscription.deleted', 'checkout.session.praised'])(
  '%s is no purchase, whatever it names: nothing is given back for it',
  (type) => expect(told(type, { id: 'cs_1', metadata }, 'cs_1')).toBeUndefined(),
)
