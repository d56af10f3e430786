import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { STRIPE_API_VERSION } from '../stripe-client.ts'
import { readCharge } from './charge.ts'
import { readCheckoutSession } from './checkout-session.ts'
import { paidPeriodOf, readInvoice } from './invoice.ts'
import { readSubscription } from './subscription.ts'

/** The oldest version whose payloads are read: endpoints of long-lived accounts stay pinned to theirs. */
const OLDEST = '2025-02-24.acacia'

/** Written after Stripe's API reference and changelog, one file for each shape of the same object. */
function fixture(name: string, version: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.${version}.json`, import.meta.url), 'utf8'))
}

describe.each([OLDEST, STRIPE_API_VERSION])('in API version %s', (version) => {
  test('a renewal says which period of which subscription was paid, with what tax', () => {
    const invoice = readInvoice(fixture('invoice-renewal', version))
    expect(invoice).toMatchObject({
      id: 'in_1RenewTeam',
      paid: true,
      billingReason: 'subscription_cycle',
      subscriptionId: 'sub_Team',
      priceId: 'price_team',
      stripeProductId: 'prod_team',
      quantity: 1,
      amountSubtotalMinor: 19_900,
      amountTaxMinor: 3781,
      amountTotalMinor: 23_681,
      metadata: { product_slug: 'team', managed_products: '5' },
      billingAddress: { line1: 'Hauptstr. 1', postalCode: '10115', country: 'DE' },
    })
    expect(paidPeriodOf(invoice)).toEqual({ start: new Date('2026-01-01T00:00:00Z'), end: new Date('2027-01-01T00:00:00Z') })
  })

  test('a change of plan is about the rest of the period under the new plan', () => {
    const invoice = readInvoice(fixture('invoice-change', version))
    expect(invoice).toMatchObject({ priceId: 'price_large', stripeProductId: 'prod_large', quantity: 3 })
    expect(paidPeriodOf(invoice)).toEqual({ start: new Date('2026-04-01T00:00:00Z'), end: new Date('2027-01-01T00:00:00Z') })
  })

  test('a subscription says when its period ends and that it will not go on', () => {
    expect(readSubscription(fixture('subscription', version))).toMatchObject({
      id: 'sub_Team',
      status: 'active',
      periodEnd: new Date('2027-01-01T00:00:00Z'),
      cancelAt: new Date('2027-01-01T00:00:00Z'),
      endedAt: undefined,
      priceIds: ['price_team'],
    })
  })

  test('a charge says what went back', () => {
    expect(readCharge(fixture('charge', version))).toMatchObject({
      amountMinor: 23_681,
      amountRefundedMinor: 5000,
      refundedInFull: false,
      paymentIntentId: 'pi_Renew',
    })
  })

  test('a checkout session names what it made', () => {
    expect(readCheckoutSession(fixture('checkout-session', version))).toMatchObject({
      mode: 'subscription',
      paymentStatus: 'paid',
      subscriptionId: 'sub_Team',
      invoiceId: 'in_First',
      amountTaxMinor: 3781,
      email: 'billing@acme.example',
    })
  })
})

describe('a shape that nobody knows is refused, never read as nothing', () => {
  test.each([
    ['invoice-renewal', 'total', readInvoice],
    ['invoice-renewal', 'lines', readInvoice],
    ['subscription', 'items', readSubscription],
    ['subscription', 'status', readSubscription],
    ['charge', 'amount_refunded', readCharge],
    ['charge', 'refunded', readCharge],
    ['checkout-session', 'payment_status', readCheckoutSession],
  ] as const)('%s without %s', (name, field, read) => {
    const { [field]: _gone, ...rest } = fixture(name, STRIPE_API_VERSION)
    expect(() => read(rest)).toThrow(field)
  })

  test('a subscription whose period stands in neither place', () => {
    const { current_period_end: _gone, ...rest } = fixture('subscription', OLDEST)
    expect(() => readSubscription(rest)).toThrow('current_period_end')
  })
})
