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

describe('what an invoice is about, in whatever shape', () => {
  const empty = { id: 'in_1', created: start, currency: 'usd', subtotal: 0, total: 0, lines: { data: [] } }
  const read = (other: object) => readInvoice({ ...empty, ...other })

  test.each([
    ['as of basil', { status: 'paid' }, true],
    ['before', { paid: true }, true],
    ['open', { status: 'open', paid: false }, false],
    ['silent about it', {}, false],
  ])('paid, %s', (_shape, other, paid) => expect(read(other).paid).toBe(paid))

  test.each([
    ['the sum of all its taxes', { total_taxes: [{ amount: 100 }, { amount: 19 }] }, 119],
    ['one amount in old shapes', { tax: 119 }, 119],
    ['the new shape where both are sent', { total_taxes: [{ amount: 100 }], tax: 119 }, 100],
    ['none', { total_taxes: null, tax: null }, 0],
  ])('its tax is %s', (_what, other, tax) => expect(read(other).amountTaxMinor).toBe(tax))

  test.each([
    ['since basil', { parent: { subscription_details: { subscription: 'sub_1', metadata: { a: 'b' } } } }],
    ['before', { subscription: 'sub_1', subscription_details: { metadata: { a: 'b' } } }],
    [
      'of a subscription whose metadata is empty',
      { subscription: 'sub_1', subscription_details: { metadata: {} }, metadata: { a: 'b' } },
    ],
  ])('its subscription and what that says of the purchase, %s', (_shape, other) => {
    expect(read(other)).toMatchObject({ subscriptionId: 'sub_1', metadata: { a: 'b' } })
  })

  test.each([
    ['on the invoice', { payment_intent: 'pi_1' }, 'pi_1'],
    [
      'among its payments',
      {
        payments: {
          data: [{ payment: { type: 'out_of_band' } }, { payment: { type: 'payment_intent', payment_intent: { id: 'pi_1' } } }],
        },
      },
      'pi_1',
    ],
    [
      'among payments of another kind it is not',
      { payments: { data: [{ payment: { type: 'charge', payment_intent: 'pi_1' } }] } },
      undefined,
    ],
    [
      'in a shape of payments that nobody knows it is not, and that is no reason to refuse',
      { payments: { data: 'many' } },
      undefined,
    ],
  ])('its payment intent stands %s', (_where, other, expected) => expect(read(other).paymentIntentId).toBe(expected))

  test('it was paid at its own instant, and where Stripe tells none when it was made', () => {
    expect(paymentOfInvoice(read({ status_transitions: { paid_at: end } })).paidAt).toEqual(new Date(end * 1000))
    expect(paymentOfInvoice(read({ status_transitions: { paid_at: null } })).paidAt).toEqual(new Date(start * 1000))
  })

  test('what a credit paid was not charged', () => {
    expect(paymentOfInvoice(read({ total: 500, amount_paid: 200 }))).toMatchObject({
      amountTotalMinor: 500,
      amountChargedMinor: 200,
    })
    expect(paymentOfInvoice(read({ total: 500 })).amountChargedMinor).toBeUndefined()
  })

  test.each(['total', 'subtotal'])('a %s that is no whole number is an unknown shape', (field) => {
    for (const amount of ['500', 1.5, null]) expect(() => read({ [field]: amount })).toThrow(field)
  })
})

describe('what a line is', () => {
  const kinds = (...lines: object[]) => invoice('subscription_update', lines).lines.map(({ kind }) => kind)
  const credited = (name: string) => ({ ...line('subscription_item_details', name, year, true), amount: -100 })

  test('a period, something bought once, the rest of a period under new terms, or what is given back', () => {
    const lines = [
      line('subscription_item_details', 'team', year),
      line('invoice_item_details', 'core', once),
      line('subscription_item_details', 'large', year, true),
      credited('small'),
    ]
    expect(kinds(...lines)).toEqual(['period', 'once', 'change', 'credit'])
  })

  test.each([
    [
      'since basil',
      {
        parent: {
          type: 'invoice_item_details',
          invoice_item_details: { proration: true, proration_details: { credited_items: {} } },
        },
      },
    ],
    [
      'of an item',
      {
        parent: {
          type: 'subscription_item_details',
          subscription_item_details: { proration: true, proration_details: { credited_items: {} } },
        },
      },
    ],
    ['before', { type: 'invoiceitem', proration: true, proration_details: { credited_items: {} } }],
  ])('what is given back of nothing that was due is a credit as well, %s', (_shape, shape) => {
    expect(kinds({ amount: 0, period: year, ...shape })).toEqual(['credit'])
  })

  test('of a change of plan the latest line counts, whichever comes first', () => {
    const early = line('subscription_item_details', 'early', { start, end }, true)
    const late = line('subscription_item_details', 'late', { start: start + 60, end }, true)
    for (const lines of [
      [early, late],
      [late, early],
    ])
      expect(invoice('subscription_update', [...lines, credited('old')])).toMatchObject({
        priceId: 'price_late',
        period: { start: new Date((start + 60) * 1000), end: new Date(end * 1000) },
      })
  })

  test('a change of plan on a renewal is not about the period that is paid', () => {
    const change = line('subscription_item_details', 'change', once, true)
    expect(invoice('subscription_cycle', [change]).period).toBeUndefined()
  })

  test.each([
    [0, 0],
    [3, 3],
    [null, 1],
    [undefined, 1],
  ])('a quantity of %j is %i: an item that was set to nothing is not one', (quantity, expected) => {
    const read = invoice('subscription_cycle', [{ ...line('subscription_item_details', 'team', year), quantity }])
    expect([read.quantity, read.lines[0]?.quantity]).toEqual([expected, expected])
  })

  test.each([
    ['since basil', { pricing: { unit_amount_decimal: '900' } }, 900],
    ['before', { price: { id: 'price_1', unit_amount: 900 } }, 900],
    ['of tiers', { price: { id: 'price_1', unit_amount: null } }, undefined],
    ['that is no number', { pricing: { unit_amount_decimal: 'much' } }, undefined],
  ])('its price of one unit, %s', (_shape, shape, expected) => {
    const [first] = invoice('subscription_cycle', [{ amount: 900, period: year, ...shape }]).lines
    expect(first?.unitAmountMinor).toBe(expected)
  })
})
