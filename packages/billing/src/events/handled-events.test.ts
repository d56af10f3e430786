import { createStripe } from '@licenseoperator/stripe'
import { describe, expect, test } from 'vitest'
import { handledEvents, isHandled } from './handled-events.ts'
import { whatEventsDo } from './what-events-do.ts'
import { retrieverOf, wholeEvent } from './whole-event.ts'

const stripe = createStripe({ apiKey: 'sk_test_any', apiBase: 'http://127.0.0.1:9', maxNetworkRetries: 0 })
const event = (type: (typeof handledEvents)[number], object: Record<string, unknown>, relatedId?: string) => ({
  id: 'evt_1',
  type,
  apiVersion: undefined,
  createdAt: new Date(0),
  object,
  account: undefined,
  livemode: undefined,
  relatedId,
})

test('every event is named once', () => expect(new Set(handledEvents).size).toBe(handledEvents.length))

test.each([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.payment_failed',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'charge.refunded',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
])('%s is handled', (type) => expect(isHandled(type)).toBe(true))

test.each(['invoice.created', 'customer.subscription.created', 'INVOICE.PAID', 'v1.invoice.paid', ''])('%j is not', (type) =>
  expect(isHandled(type)).toBe(false),
)

describe.each(handledEvents)('%s', (type) => {
  test('says what becomes of licenses, payment and announcements', () => {
    const { tells, license, payment, announced } = whatEventsDo[type]
    for (const text of [tells, license, payment, announced]) expect(text.trim()).not.toBe('')
  })

  test('is whole when it carries its object, and Stripe is not asked', async () => {
    const told = event(type, { id: 'x_1' }, 'x_1')
    expect(await wholeEvent({ stripe }, told)).toBe(told)
  })

  test('is asked about when it only names its object', () => expect(retrieverOf(type)).toBeDefined())

  test('that names nothing is for people to look at', async () => {
    await expect(wholeEvent({ stripe }, event(type, {}))).rejects.toMatchObject({ code: 'invalid_payload', field: 'data.object' })
  })
})

test('a dispute is asked about as a dispute, and not as the charge that its name begins with', () => {
  expect(retrieverOf('charge.dispute.closed')).not.toBe(retrieverOf('charge.refunded'))
})

test('only what money pays for brings a payment and an announcement', () => {
  const bringing = handledEvents.filter((type) => whatEventsDo[type].announced !== '–')
  expect(bringing).toEqual([
    'checkout.session.completed',
    'checkout.session.async_payment_succeeded',
    'invoice.paid',
    'invoice.payment_succeeded',
  ])
})
