import { createStripe, readStripeEvent, STRIPE_API_VERSION } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { isOwnEventId, ownEvent, ownEventId } from './own-event.ts'

const stripe = createStripe({ apiKey: 'sk_test_any', apiBase: 'http://127.0.0.1:9', maxNetworkRetries: 0 })
const sent = (object: object) => JSON.parse(JSON.stringify(object))
const paidAt = new Date('2026-03-01T00:00:00Z')

test('what we tell ourselves has an id of its own kind, the same for the same purchase', () => {
  expect(isOwnEventId(ownEventId('in_1'))).toBe(true)
  expect(ownEventId('in_1')).not.toBe(ownEventId('cs_1'))
  expect([isOwnEventId('evt_1'), isOwnEventId('evt_reconcile_in_1')]).toEqual([false, false])
})

test('a paid invoice is told as Stripe would have, dated by its payment', async () => {
  const invoice: Stripe.Invoice = sent({
    id: 'in_1',
    object: 'invoice',
    created: 1,
    status_transitions: { paid_at: paidAt.getTime() / 1000 },
  })
  const { id, payload, receivedAt } = await ownEvent({ stripe }, invoice)
  expect(id).toBe(ownEventId('in_1'))
  expect(receivedAt).toEqual(paidAt)
  expect(readStripeEvent(payload)).toMatchObject({
    id,
    type: 'invoice.paid',
    apiVersion: STRIPE_API_VERSION,
    createdAt: paidAt,
    object: { id: 'in_1' },
  })
})

test('a session that cost nothing is dated by when it was made', async () => {
  const session: Stripe.Checkout.Session = sent({
    id: 'cs_1',
    object: 'checkout.session',
    created: paidAt.getTime() / 1000,
    payment_intent: null,
  })
  const { payload, receivedAt } = await ownEvent({ stripe }, session)
  expect(receivedAt).toEqual(paidAt)
  expect(readStripeEvent(payload)).toMatchObject({ type: 'checkout.session.completed', object: { id: 'cs_1' } })
})
