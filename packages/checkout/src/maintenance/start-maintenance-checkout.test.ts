import type { licenses } from '@licenseoperator/db'
import { aStoredLicense } from '@licenseoperator/db/testing'
import type { Caller } from '@licenseoperator/domain'
import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { isRenewable, maintenanceParams } from './start-maintenance-checkout.ts'

const ada: Caller = { identity: 'ada', email: 'ada@acme.example', roles: [], groups: ['acme'], scopes: undefined }
const forever = aStoredLicense({ kind: 'perpetual' })

describe('maintenance is sold', () => {
  test.each<[string, Partial<licenses.StoredLicense>, Caller, string, boolean]>([
    ['to a member of the group', {}, ada, 'acme', true],
    ['whatever the case of its name', {}, ada, 'ACME', true],
    ['to an operator', {}, { ...ada, groups: [], roles: ['sysadmin'] }, 'acme', true],
    ['not to anybody else', {}, { ...ada, groups: ['other'] }, 'acme', false],
    ['not for a license of another group than the one named', {}, { ...ada, groups: ['acme', 'other'] }, 'other', false],
    ['not for a license that ends anyway', { kind: 'one_off' }, ada, 'acme', false],
    ['not for a subscription', { kind: 'subscription' }, ada, 'acme', false],
    ['not for one that renews by itself', { stripe: { subscriptionId: 'sub_1' } }, ada, 'acme', false],
    ['not for one that is revoked', { state: { ...forever.state, revokedAt: new Date(0) } }, ada, 'acme', false],
  ])('%s', (_what, fields, caller, group, sold) => {
    expect(isRenewable({ ...forever, ...fields }, caller, group)).toBe(sold)
  })
})

const once: Stripe.Price = {
  id: 'price_m',
  object: 'price',
  active: true,
  billing_scheme: 'per_unit',
  created: 1,
  currency: 'usd',
  custom_unit_amount: null,
  livemode: false,
  lookup_key: 'maintenance',
  metadata: {},
  nickname: null,
  product: 'prod_m',
  recurring: null,
  tax_behavior: 'unspecified',
  tiers_mode: null,
  transform_quantity: null,
  type: 'one_time',
  unit_amount: 4900,
  unit_amount_decimal: null,
}
const yearly: Stripe.Price = {
  ...once,
  recurring: { interval: 'year', interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' },
}
const urls = { rootAppUrl: 'https://app.example', successBaseUrl: 'https://shop.example/thanks', frontendBasePath: 'dash' }
const params = (price = once, customerId?: string, automaticTax = false) =>
  maintenanceParams({ urls, automaticTax }, ada, forever, price, customerId)

describe('its session', () => {
  test('is one payment', () => expect(params().mode).toBe('payment'))

  test('sells the price once', () => expect(params().line_items).toEqual([{ price: 'price_m', quantity: 1 }]))

  test('sells a price that recurs as one amount, because this is no subscription', () => {
    expect(params(yearly).line_items).toEqual([
      { quantity: 1, price_data: { currency: 'usd', unit_amount: 4900, product: 'prod_m' } },
    ])
  })

  test('names the license on the session and on the payment, so that either event renews it', () => {
    const { metadata, payment_intent_data: intent } = params()
    expect(metadata).toEqual({
      license_type: 'maintenance_renewal',
      original_license_id: 'L-1',
      group_name: 'acme',
      group: 'acme',
      product_key: 'core',
      identity: 'ada',
    })
    expect(intent).toEqual({ metadata })
  })

  test('comes back to the licenses of the dashboard, wherever other purchases come back to', () => {
    const { success_url: paid, cancel_url: canceled } = params()
    expect([paid, canceled]).toEqual([
      'https://app.example/dash/licenses/group?maintenance=renewed',
      'https://app.example/dash/licenses/group',
    ])
  })

  test.each([
    ['the address on the license, where no customer is known', undefined, false, { customer_email: 'ada@acme.example' }],
    ['the customer who bought it', 'cus_1', false, { customer: 'cus_1' }],
    ['the customer, whose address is kept for tax', 'cus_1', true, { customer: 'cus_1', customer_update: { address: 'auto' } }],
    ['no customer to update for tax', undefined, true, { customer_email: 'ada@acme.example' }],
  ])('is for %s', (_what, customerId, tax, expected) => {
    const { customer, customer_email, customer_update, automatic_tax } = params(once, customerId, tax)
    const said = Object.entries({ customer, customer_email, customer_update })
    expect(Object.fromEntries(said.filter(([, value]) => value !== undefined))).toEqual(expected)
    expect(automatic_tax).toEqual(tax ? { enabled: true } : undefined)
  })
})
