import { aStoredCoupon, aStoredProduct } from '@licenseoperator/db/testing'
import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { type SessionPlan, sessionParams } from './session-params.ts'

const metadata = { product_slug: 'core', group_name: 'acme', reservation_id: 'R-1' }
const fixed = aStoredProduct({ stripeProductId: 'prod_1', stripePriceId: 'price_1' })
const tiered = aStoredProduct({ stripeProductId: 'prod_1', stripePriceId: 'price_1', pricingMode: 'tiered' })
const promoted = aStoredCoupon({ stripePromotion: { percentOff: 25, duration: 'once', promotionId: 'promo_1' } })

const planned = (plan: Partial<SessionPlan> = {}): SessionPlan => ({
  product: fixed,
  coupon: undefined,
  mode: 'one_off',
  amountMinor: 21_900,
  trialPeriodDays: 0,
  customerId: undefined,
  email: 'ada@acme.example',
  reservationId: 'R-1',
  metadata,
  expiresAt: new Date('2026-03-01T10:00:00.999Z'),
  successUrl: 'https://shop.example/paid',
  cancelUrl: 'https://shop.example/pricing',
  automaticTax: false,
  ...plan,
})
const params = (plan: Partial<SessionPlan> = {}) => sessionParams(planned(plan))

describe('what is sold', () => {
  test('a fixed price is the price at Stripe, once', () => {
    expect(params().line_items).toEqual([{ price: 'price_1', quantity: 1 }])
  })

  test.each<[string, Partial<SessionPlan>, object]>([
    ['a price of tiers', { product: tiered, amountMinor: 12_000 }, { product: 'prod_1' }],
    [
      'a fixed price that Stripe has not yet',
      { product: aStoredProduct({ stripeProductId: 'prod_1' }), amountMinor: 12_000 },
      { product: 'prod_1' },
    ],
    [
      'a product that Stripe has not yet',
      { product: aStoredProduct({ name: 'Core' }), amountMinor: 12_000 },
      { product_data: { name: 'Core' } },
    ],
  ])('%s is sent as the amount that the shop showed, once', (_what, plan, product) => {
    expect(params(plan).line_items).toEqual([{ quantity: 1, price_data: { currency: 'usd', unit_amount: 12_000, ...product } }])
  })

  test.each([
    ['month', 1, { interval: 'month', interval_count: 1 }],
    ['quarter', 1, { interval: 'month', interval_count: 3 }],
    ['year', 2, { interval: 'year', interval_count: 2 }],
  ] as const)('an amount that recurs every %s (%i) says so', (billingInterval, billingIntervalCount, recurring) => {
    const product = { ...tiered, type: 'subscription' as const, billingInterval, billingIntervalCount }
    const [line] = params({ product, mode: 'subscription' }).line_items ?? []
    expect(line?.price_data?.recurring).toEqual(recurring)
  })

  test('automatic maintenance is a second line, which makes it a subscription', () => {
    const { mode, line_items: lines } = params({ mode: 'perpetual_auto', maintenancePriceId: 'price_m' })
    expect([mode, lines]).toEqual([
      'subscription',
      [
        { price: 'price_1', quantity: 1 },
        { price: 'price_m', quantity: 1 },
      ],
    ])
  })
})

describe('what every event of the purchase is recognised by', () => {
  test.each([
    ['one_off', 'payment', 'payment_intent_data'],
    ['perpetual_manual', 'payment', 'payment_intent_data'],
    ['subscription', 'subscription', 'subscription_data'],
    ['perpetual_auto', 'subscription', 'subscription_data'],
  ] as const)('%s: the metadata stands on the session and on what it makes', (mode, stripeMode, beside) => {
    const made = params({ mode })
    expect([made.mode, made.metadata, made[beside]]).toEqual([stripeMode, metadata, { metadata }])
    expect(made).not.toHaveProperty(beside === 'subscription_data' ? 'payment_intent_data' : 'subscription_data')
  })

  test('the session bears the name of its reservation', () => expect(params().client_reference_id).toBe('R-1'))
})

test('the session ends in whole seconds, and never later than the reservation says', () => {
  expect(params().expires_at).toBe(Date.parse('2026-03-01T10:00:00Z') / 1000)
})

describe('a trial', () => {
  const days = (plan: Partial<SessionPlan>) => params(plan).subscription_data?.trial_period_days
  test('is given by a subscription', () => expect(days({ mode: 'subscription', trialPeriodDays: 14 })).toBe(14))
  test('of no days is not named, since Stripe refuses 0', () => {
    expect(params({ mode: 'subscription' }).subscription_data).not.toHaveProperty('trial_period_days')
  })
  test('is not given with a perpetual license, whose first year is paid', () => {
    expect(days({ mode: 'perpetual_auto', trialPeriodDays: 14 })).toBeUndefined()
  })
  test('is not given with what is paid once', () =>
    expect(params({ trialPeriodDays: 14 })).not.toHaveProperty('subscription_data'))
})

describe('a coupon', () => {
  test('that is redeemed at Stripe is a discount by its promotion code', () => {
    expect(params({ coupon: promoted }).discounts).toEqual([{ promotion_code: 'promo_1' }])
  })
  test('that sells another product is no discount', () => {
    expect(params({ coupon: { ...promoted, behavior: 'product_override' } })).not.toHaveProperty('discounts')
  })
  test('that Stripe does not know yet is refused, and nothing is sold at the full price', () => {
    expect(() => params({ coupon: aStoredCoupon() })).toThrow(
      expect.objectContaining({ code: 'invalid_payload', field: 'couponCode' }),
    )
  })
})

describe('who pays', () => {
  test.each<[string, Partial<SessionPlan>, object]>([
    [
      'a new buyer is suggested their address, and becomes a customer',
      {},
      { customer_email: 'ada@acme.example', customer_creation: 'always' },
    ],
    ['one without an address types it', { email: undefined }, { customer_creation: 'always' }],
    ['a subscription makes a customer by itself', { mode: 'subscription' }, { customer_email: 'ada@acme.example' }],
    ['a known customer is named, and no address beside', { customerId: 'cus_1' }, { customer: 'cus_1' }],
    [
      'where tax is computed, the address that a customer gives is kept with them',
      { customerId: 'cus_1', automaticTax: true },
      { customer: 'cus_1', customer_update: { address: 'auto' }, automatic_tax: { enabled: true } },
    ],
    [
      'where tax is computed for a new buyer there is no customer to update',
      { automaticTax: true },
      { customer_email: 'ada@acme.example', customer_creation: 'always', automatic_tax: { enabled: true } },
    ],
  ])('%s', (_what, plan, expected) => {
    const { customer, customer_email, customer_creation, customer_update, automatic_tax } = params(plan)
    const said = Object.entries({ customer, customer_email, customer_creation, customer_update, automatic_tax })
    expect(Object.fromEntries(said.filter(([, value]) => value !== undefined))).toEqual(expected)
  })
})

describe('whatever is sold to whomever', () => {
  /** Typed, because what is spread into an object escapes the compiler's look for words that Stripe does not know. */
  const known: readonly (keyof Stripe.Checkout.SessionCreateParams)[] = [
    'automatic_tax',
    'cancel_url',
    'client_reference_id',
    'customer',
    'customer_creation',
    'customer_email',
    'customer_update',
    'discounts',
    'expires_at',
    'line_items',
    'metadata',
    'mode',
    'payment_intent_data',
    'subscription_data',
    'success_url',
  ]
  const plans = (['one_off', 'perpetual_manual', 'subscription', 'perpetual_auto'] as const).flatMap((mode) =>
    [undefined, 'cus_1'].flatMap((customerId) =>
      [false, true].flatMap((automaticTax) =>
        [undefined, promoted].map((coupon) => planned({ mode, customerId, automaticTax, coupon, trialPeriodDays: 7 })),
      ),
    ),
  )

  test('only parameters go to Stripe that the SDK knows, each with a value', () => {
    for (const made of plans.map(sessionParams)) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(made)))
      expect(Object.values(made)).not.toContain(undefined)
    }
  })

  test('none go together that Stripe refuses together', () => {
    for (const made of plans.map(sessionParams)) {
      expect('customer' in made && 'customer_email' in made).toBe(false)
      expect('customer' in made && 'customer_creation' in made).toBe(false)
      expect('customer_update' in made && !('customer' in made)).toBe(false)
      expect('customer_creation' in made && made.mode === 'subscription').toBe(false)
    }
  })

  test('both addresses to come back to are the ones that were planned', () => {
    for (const made of plans.map(sessionParams))
      expect([made.success_url, made.cancel_url]).toEqual(['https://shop.example/paid', 'https://shop.example/pricing'])
  })
})
