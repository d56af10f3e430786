import { describe, expect, test } from 'vitest'
import { paymentOfInvoice, readInvoice } from './invoice.ts'

const start = 1_800_000_000
const end = start + 31_536_000

/** As Stripe has sent lines since basil (2025-03): the kind is in `parent`. */
const line = (kind: 'subscription_item_details' | 'invoice_item_details', name: string, period: object, proration = false) => ({
  amount: 100,
  period,
  pricing: { price_details: { price: `price_${name}`, product: `prod_${name}` } },
  parent: { type: kind, [kind]: { proration } },
})
/** As Stripe sent them before: the kind is in `type`. */
const oldLine = (type: 'subscription' | 'invoiceitem', name: string, period: object, proration = false) => ({
  amount: 100,
  period,
  price: { id: `price_${name}`, product: `prod_${name}` },
  type,
  proration,
})
const once = { start, end: start }
const year = { start, end }
const invoice = (reason: string, lines: object[]) =>
  readInvoice({
    id: 'in_1',
    status: 'paid',
    billing_reason: reason,
    created: start,
    currency: 'usd',
    subtotal: 200,
    total: 200,
    metadata: {},
    lines: { data: lines },
  })
const paidYear = { start: new Date(start * 1000), end: new Date(end * 1000) }

describe.each([
  [
    'since basil',
    line('invoice_item_details', 'core', once),
    line('subscription_item_details', 'maintenance', year),
    line('invoice_item_details', 'change', once, true),
  ],
  [
    'before basil',
    oldLine('invoiceitem', 'core', once),
    oldLine('subscription', 'maintenance', year),
    oldLine('invoiceitem', 'change', once, true),
  ],
])('an invoice of a license and its maintenance, %s', (_shape, license, maintenance, change) => {
  test.each([
    ['license first', [license, maintenance]],
    ['maintenance first', [maintenance, license]],
    ['after the proration of a change', [change, license, maintenance]],
  ])("%s: the subscription's period, and the license is what was bought", (_order, lines) => {
    const first = invoice('subscription_create', lines)
    expect(first).toMatchObject({ period: paidYear, priceId: 'price_core' })
    expect(paymentOfInvoice(first)).toMatchObject({ stripeProductId: 'prod_core' })
  })

  test('a later invoice is of the maintenance, whatever else was put on it', () => {
    const later = invoice('subscription_cycle', [license, change, maintenance])
    expect(later).toMatchObject({ period: paidYear, priceId: 'price_maintenance', stripeProductId: 'prod_maintenance' })
  })

  test('what was bought once has no period of its own', () => {
    expect(invoice('subscription_create', [license]).period).toBeUndefined()
  })
})

test('a subscription alone is what was bought', () => {
  const alone = invoice('subscription_create', [line('subscription_item_details', 'team', year)])
  expect(alone).toMatchObject({ period: paidYear, priceId: 'price_team', stripeProductId: 'prod_team' })
})
