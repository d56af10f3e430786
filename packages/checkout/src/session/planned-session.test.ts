import type { Coupon, Product } from '@licenseoperator/catalog'
import { aStoredCoupon, aStoredProduct } from '@licenseoperator/db/testing'
import type { Caller } from '@licenseoperator/domain'
import { describe, expect, test } from 'vitest'
import { isScarce, modeOf, orderOf, type PlannedSession, sessionEndsAt } from './planned-session.ts'

const ada: Caller = { identity: 'ada', email: 'ada@acme.example', roles: [], groups: ['acme'], scopes: undefined }
const few = aStoredProduct({ maxLicenseTotal: 10 })
const planned = (plan: Partial<PlannedSession> = {}): PlannedSession => ({
  product: few,
  coupon: undefined,
  mode: 'one_off',
  amountMinor: 21_900,
  trialPeriodDays: 0,
  customerId: undefined,
  email: undefined,
  reservationId: 'R-1',
  metadata: {},
  expiresAt: new Date(0),
  successUrl: '',
  cancelUrl: '',
  automaticTax: false,
  seats: undefined,
  domain: undefined,
  ...plan,
})
const order = (plan: Partial<PlannedSession> = {}, caller = ada, group = 'acme') => orderOf(caller, group, planned(plan))
const limited = (fields: Partial<Coupon>) => aStoredCoupon({ id: 7, ...fields })

describe('what a purchase takes from others', () => {
  test.each<[string, Partial<PlannedSession>, { productId?: number; couponId?: number }]>([
    ['a license of few', {}, { productId: 1 }],
    ['nothing of as many as are wanted', { product: aStoredProduct() }, {}],
    ['nothing of the cap of a product that is subscribed to', { mode: 'subscription' }, {}],
    ['a redemption of few in all', { product: aStoredProduct(), coupon: limited({ maxTotal: 5 }) }, { couponId: 7 }],
    ['a redemption of few for a group', { product: aStoredProduct(), coupon: limited({ maxPerGroup: 1 }) }, { couponId: 7 }],
    ['nothing of a coupon without a quota', { product: aStoredProduct(), coupon: limited({}) }, {}],
    ['both of a license of few at a price for few', { coupon: limited({ maxTotal: 5 }) }, { productId: 1, couponId: 7 }],
  ])('%s', (_what, plan, expected) => {
    const made = order(plan)
    expect(made.scarce).toEqual({ productId: undefined, couponId: undefined, ...expected })
    expect(isScarce(made)).toBe(Object.keys(expected).length > 0)
  })
})

describe('the same order', () => {
  test('is one of the same person for the same group, however the group is written', () => {
    expect(order({ reservationId: 'R-2', trialPeriodDays: 14 }, ada, ' ACME ')).toEqual(order())
  })

  test.each<[string, ReturnType<typeof order>]>([
    ['who asks', order({}, { ...ada, identity: 'bob' })],
    ['for which group', order({}, ada, 'other')],
    ['of which product', order({ product: { ...few, id: 2 } })],
    ['at which price', order({ product: { ...few, stripePriceId: 'price_2' } })],
    ['with which coupon', order({ coupon: limited({}) })],
    ['for how long', order({ mode: 'perpetual_manual' })],
    ['for how much', order({ amountMinor: 1 })],
    ['for how many seats', order({ seats: 5 })],
    ['for which domain', order({ domain: 'acme.example' })],
  ])('is another one when it differs in %s', (_what, other) => {
    expect(other.orderKey).not.toBe(order().orderKey)
  })
})

describe('how long a license is sold for', () => {
  const perpetual = aStoredProduct({ metadata: { license_type: 'perpetual', maintenance: 'auto' } })
  test.each<[string, Product, Coupon | undefined, string]>([
    ['a term', aStoredProduct(), undefined, 'one_off'],
    ['a period', aStoredProduct({ type: 'subscription' }), undefined, 'subscription'],
    ['ever, renewing its maintenance', perpetual, undefined, 'perpetual_auto'],
    [
      'ever, and a coupon pays it once: its maintenance is renewed by hand',
      perpetual,
      limited({ behavior: 'product_override' }),
      'perpetual_manual',
    ],
    ['ever, and a discount changes nothing about that', perpetual, limited({}), 'perpetual_auto'],
  ])('%s', (_what, product, coupon, mode) => expect(modeOf(product, coupon)).toBe(mode))
})

describe('a session is open', () => {
  const now = new Date('2026-03-01T00:00:00Z')
  const hours = (product: Product, coupon?: Coupon) => (sessionEndsAt(now, product, coupon).getTime() - now.getTime()) / 3_600_000
  test.each<[string, Product, Coupon | undefined, number]>([
    ['23 hours, within the 24 that Stripe allows', aStoredProduct(), undefined, 23],
    ['one hour where others wait for the license', few, undefined, 1],
    ['23 hours with a cap that does not count a subscription', { ...few, type: 'subscription' }, undefined, 23],
    ['one hour where others wait for the discount', aStoredProduct(), limited({ maxTotal: 5 }), 1],
    ['one hour where the discount is counted by group', aStoredProduct(), limited({ maxPerGroup: 1 }), 1],
    ['23 hours with a discount that everybody gets', aStoredProduct(), limited({}), 23],
  ])('%s', (_what, product, coupon, expected) => expect(hours(product, coupon)).toBe(expected))
})
