import { aStoredLicense } from '@licenseoperator/db/testing'
import { createStripe, type Invoice, readInvoice } from '@licenseoperator/stripe'
import { describe, expect, test } from 'vitest'
import { maintenanceLineOf, renewalOfInvoice } from './renewal-of-invoice.ts'

/** Nobody listens there: whoever asks it fails. */
const stripe = createStripe({ apiKey: 'sk_test_any', apiBase: 'http://127.0.0.1:9', maxNetworkRetries: 0 })
const start = 1_800_000_000
const end = start + 31_536_000
const period = { start: new Date(start * 1000), end: new Date(end * 1000) }

const line = (price: string, product: string, more: object = {}) => ({
  amount: 4900,
  period: { start, end },
  pricing: { price_details: { price, product } },
  parent: { type: 'subscription_item_details', subscription_item_details: {} },
  ...more,
})
const invoice = (...lines: object[]): Invoice =>
  readInvoice({
    id: 'in_2',
    status: 'paid',
    billing_reason: 'subscription_cycle',
    created: start,
    currency: 'usd',
    subtotal: 4900,
    total: 4900,
    subscription: 'sub_1',
    payment_intent: 'pi_2',
    customer: 'cus_1',
    lines: { data: lines },
  })
const first = aStoredLicense({ kind: 'perpetual', soldAs: [{ priceId: 'price_m', stripeProductId: 'prod_m', quantity: 1 }] })
const family = { first, newest: [first] }
const lineOf = (...lines: object[]) => maintenanceLineOf({ stripe }, invoice(...lines), family)

describe('maintenance is renewed by', () => {
  test('a line on the price that it was sold on', async () => {
    expect((await lineOf(line('price_m', 'prod_x')))?.period).toEqual(period)
  })
  test('a line on the product that it was sold on, at another price', async () => {
    expect((await lineOf(line('price_new', 'prod_m')))?.period).toEqual(period)
  })
  test('the one line of several that is for it', async () => {
    const later = { period: { start, end: end + 1 } }
    expect((await lineOf(line('price_x', 'prod_x', later), line('price_m', 'prod_m')))?.period).toEqual(period)
  })
  test('the period of the invoice where no license is known yet: it is read again then', async () => {
    expect(await maintenanceLineOf({ stripe }, invoice(line('price_x', 'prod_x')), undefined)).toEqual({ period })
  })
})

describe('and not by', () => {
  test.each([
    ['something else', line('price_x', 'prod_x')],
    ['zero units', line('price_m', 'prod_m', { quantity: 0 })],
    ['a part of a period', line('price_m', 'prod_m', { parent: { subscription_item_details: { proration: true } } })],
    ['what is paid once', line('price_m', 'prod_m', { parent: { type: 'invoice_item_details' } })],
    ['what has no price', { ...line('', ''), pricing: null }],
  ])('%s', async (_what, one) => expect(await lineOf(one)).toBeUndefined())
})

test('the payment is that of the invoice, and pays until its period ends', () => {
  const { payment } = renewalOfInvoice(invoice(line('price_m', 'prod_m')), 'sub_1', period, new Date(0))
  expect(payment).toMatchObject({
    paymentKey: 'invoice:in_2',
    coversUntil: period.end,
    amountTotalMinor: 4900,
    stripeInvoiceId: 'in_2',
    stripePaymentIntentId: 'pi_2',
    stripeCustomerId: 'cus_1',
    stripeSubscriptionId: 'sub_1',
  })
})
