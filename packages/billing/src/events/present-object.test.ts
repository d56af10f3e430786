import { createStripe } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { metadataOf, presentInvoice, presentObject, presentSession } from './present-object.ts'

/** Nobody listens there: whoever asks it fails. */
const stripe = createStripe({ apiKey: 'sk_test_any', apiBase: 'http://127.0.0.1:9', maxNetworkRetries: 0 })
/** As Stripe sends it, which is JSON: of its many fields those that are read. */
const sent = (object: object) => JSON.parse(JSON.stringify(object))
const ours = { product_slug: 'core', product_key: 'core', reservation_id: 'R-1' }

test('of metadata only texts are read', () => {
  expect(metadataOf({ metadata: { a: 'b', seats: 5, none: null } })).toEqual({ a: 'b' })
  expect([metadataOf({}), metadataOf({ metadata: null }), metadataOf({ metadata: 'x' })]).toEqual([{}, {}, {}])
})

test('a session that says itself what was bought, and says it newly, is asked about no further', async () => {
  const session: Stripe.Checkout.Session = sent({ id: 'cs_1', metadata: ours, payment_intent: 'pi_1', subscription: null })
  expect(await presentSession(stripe, session)).toBe(session)
  expect(await presentSession(stripe, session, { ...ours, product_slug: 'old' })).toBe(session)
})

describe('of a session that nothing stands behind there counts', () => {
  const free = (metadata: object): Stripe.Checkout.Session =>
    sent({ id: 'cs_1', metadata, payment_intent: null, subscription: null })
  test.each<[string, object, Record<string, string> | undefined, object]>([
    ['what it says now, where that is new', { ...ours, product_slug: 'new' }, ours, { ...ours, product_slug: 'new' }],
    ['what it says, where the event said the same', ours, ours, ours],
    ['what the event told, where it was only cleared since: that is no mend', {}, ours, ours],
    ['what it says, where nothing was told', { theirs: 'x' }, undefined, { theirs: 'x' }],
  ])('%s', async (_what, metadata, told, expected) => {
    expect((await presentSession(stripe, free(metadata), told)).metadata).toEqual(expected)
  })
})

test('an invoice of no subscription is as it is', async () => {
  const invoice: Stripe.Invoice = sent({ id: 'in_1', parent: null })
  expect(await presentInvoice(stripe, invoice)).toBe(invoice)
})

test.each([
  'charge.refunded',
  'customer.subscription.deleted',
  'charge.dispute.closed',
  'checkout.session.expired',
  'invoice.payment_failed',
])('%s tells of no purchase, and Stripe is not asked', async (type) => {
  expect(await presentObject(stripe, type, { id: 'x_1' })).toBeUndefined()
})

test('what names nothing is asked about nowhere', async () => {
  expect(await presentObject(stripe, 'invoice.paid', { id: 7 })).toBeUndefined()
})
