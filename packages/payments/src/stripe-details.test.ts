import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { InvoiceDetails, invoiceDetails, PaymentIntentDetails, paymentIntentDetails } from './stripe-details.ts'

/** An object as Stripe sends it, which is JSON: of its hundred fields those that are read. */
const sent = (object: object) => JSON.parse(JSON.stringify(object))
const at = Date.parse('2026-03-01T09:30:00Z') / 1000

const invoiceOf = (other: object = {}): Stripe.Invoice =>
  sent({
    id: 'in_1',
    status: 'paid',
    currency: 'usd',
    subtotal: 100,
    total: 119,
    total_taxes: [{ amount: 10 }, { amount: 9 }],
    created: at,
    status_transitions: { paid_at: at + 60 },
    metadata: { group: 'acme' },
    ...other,
  })
const price: Stripe.Price = sent({ id: 'price_1', lookup_key: 'core', metadata: { tier: 'pro' } })

describe('of an invoice a dashboard is told', () => {
  test('amounts, instants and what it bills', () => {
    expect(invoiceDetails(invoiceOf(), price, 'price_1')).toEqual({
      id: 'in_1',
      status: 'paid',
      currency: 'usd',
      priceId: 'price_1',
      priceLookupKey: 'core',
      amountSubtotal: 100,
      amountTax: 19,
      amountTotal: 119,
      created: '2026-03-01T09:30:00Z',
      paidAt: '2026-03-01T09:31:00Z',
      metadata: { group: 'acme' },
      priceMetadata: { tier: 'pro' },
    })
  })

  test('what is not known is left out, and never null: the stored form has no place for it', () => {
    const unpaid = invoiceOf({ status: null, total_taxes: null, status_transitions: { paid_at: null }, metadata: null })
    const details = invoiceDetails(unpaid, undefined, undefined)
    expect(details).toMatchObject({ status: 'draft', amountTax: 0, metadata: {} })
    for (const field of ['priceId', 'priceLookupKey', 'paidAt', 'priceMetadata']) expect(details).not.toHaveProperty(field)
    expect(InvoiceDetails.parse(sent(details))).toEqual(details)
  })

  test('the price that it bills also when Stripe does not know that any more', () => {
    const details = invoiceDetails(invoiceOf(), undefined, 'price_gone')
    expect(details.priceId).toBe('price_gone')
    expect(details).not.toHaveProperty('priceMetadata')
  })
})

const intentOf = (other: object = {}): Stripe.PaymentIntent =>
  sent({
    id: 'pi_1',
    status: 'succeeded',
    currency: 'usd',
    amount: 119,
    amount_received: 100,
    created: at,
    metadata: {},
    latest_charge: {
      id: 'ch_1',
      status: 'succeeded',
      currency: 'usd',
      amount: 119,
      paid: true,
      payment_method_details: { type: 'card' },
    },
    ...other,
  })

describe('of a payment intent a dashboard is told', () => {
  test('what was asked for, what came, and by what', () => {
    expect(paymentIntentDetails(intentOf())).toEqual({
      id: 'pi_1',
      status: 'succeeded',
      currency: 'usd',
      amount: 119,
      amountReceived: 100,
      created: '2026-03-01T09:30:00Z',
      metadata: {},
      charges: [{ id: 'ch_1', status: 'succeeded', currency: 'usd', paymentMethod: 'card', amount: 119, paid: true }],
    })
  })

  test.each([
    ['none was tried', null],
    ['only its id was sent', 'ch_1'],
  ])('no charge where %s', (_why, latest_charge) => {
    expect(paymentIntentDetails(intentOf({ latest_charge })).charges).toEqual([])
  })

  test('a method that nobody knows', () => {
    const charge = { id: 'ch_1', status: 'failed', currency: 'usd', amount: 1, paid: false, payment_method_details: null }
    const details = paymentIntentDetails(intentOf({ latest_charge: charge }))
    expect(details.charges).toMatchObject([{ paymentMethod: 'unknown', paid: false }])
    expect(PaymentIntentDetails.parse(sent(details))).toEqual(details)
  })
})
