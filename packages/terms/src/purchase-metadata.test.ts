import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMaintenance, MaintenanceMetadata } from './maintenance-metadata.ts'
import { isForeign, type Purchase, PurchaseMetadata, usesOurWords, writePurchaseMetadata } from './purchase-metadata.ts'
import { aStored } from './testing/a-line.ts'

const bought: Purchase = {
  group: 'Acme',
  groupLongName: 'Acme Ltd',
  product: aStored({ slug: 'core-year', productKey: 'core', plan: 'pro' }),
  mode: 'subscription',
  termDays: 365,
  seats: 5,
  parts: [],
  domain: '.acme.test',
  email: 'owner@acme.test',
  couponCode: 'TIER10',
  couponMetadata: {},
  identity: 'user-1',
  reservationId: 'R-1',
}
const read = (purchase: Purchase) => PurchaseMetadata.parse(writePurchaseMetadata(purchase))

describe('what is written into metadata', () => {
  test('is read as it was bought', () => {
    expect(read(bought)).toEqual({
      group: 'Acme',
      organization_long_name: 'Acme Ltd',
      product_slug: 'core-year',
      product_key: 'core',
      plan: 'pro',
      license_mode: 'subscription',
      term_days: 365,
      managed_products: 5,
      domain: '.acme.test',
      email: 'owner@acme.test',
      coupon_code: 'TIER10',
      identity: 'user-1',
      reservation_id: 'R-1',
    })
  })

  test('has no empty value, which Stripe takes as an order to remove the key', () => {
    const bare = { ...bought, seats: undefined, domain: undefined, email: undefined, couponCode: undefined, groupLongName: '' }
    expect(Object.values(writePurchaseMetadata(bare))).not.toContain('')
    expect(Object.keys(writePurchaseMetadata(bare))).not.toContain('managed_products')
    expect(read(bare)).not.toHaveProperty('managed_products')
  })

  test('names the group in both words that readers of it know', () => {
    expect(writePurchaseMetadata(bought)).toMatchObject({ group: 'Acme', group_name: 'Acme' })
  })

  test('says the same beside whatever a coupon brings, within the keys that Stripe takes', () => {
    const key = fc.oneof(fc.constantFrom('group', 'group_name', 'product_slug', 'term_days', 'reservation_id'), fc.string())
    fc.assert(
      fc.property(fc.dictionary(key, fc.string(), { maxKeys: 60 }), (couponMetadata) => {
        const written = writePurchaseMetadata({ ...bought, couponMetadata })
        expect(written).toMatchObject(writePurchaseMetadata(bought))
        expect(Object.keys(written).length).toBeLessThanOrEqual(50)
      }),
    )
  })
})

describe('metadata that was edited at Stripe', () => {
  test.each<[string, Record<string, string>]>([
    ['a count that is no number', { managed_products: 'five' }],
    ['a negative count', { managed_products: '-5' }],
    ['a count of ten digits', { term_days: '1234567890' }],
    ['an unknown mode', { license_mode: 'rental' }],
    ['a group that no license can name', { group_name: 'a\u0000' }],
    ['a group that its column does not hold', { group: 'x'.repeat(256) }],
    ['a plan that its column does not hold', { plan: 'x'.repeat(129) }],
    ['parts that are no list', { bundle_parts: '{}' }],
    ['parts of which none is sold', { bundle_parts: '[["core",0,null]]' }],
  ])('%s cannot be read, and is not guessed', (_what, change) => {
    expect(PurchaseMetadata.safeParse({ ...writePurchaseMetadata(bought), ...change }).success).toBe(false)
  })

  test('names the group in either word, the longer one first', () => {
    expect(PurchaseMetadata.parse({ group: 'acme' }).group).toBe('acme')
    expect(PurchaseMetadata.parse({ group: 'other', group_name: 'acme' }).group).toBe('acme')
    expect(PurchaseMetadata.parse({}).group).toBeUndefined()
  })
})

describe('a purchase is', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ["another application's without a word of ours", { order: '17' }, true],
    ["another application's where it names no product", { group: 'acme', email: 'a@b.c' }, true],
    ["another application's that uses our words for something else", { product_key: 'x', term_days: 'soon' }, true],
    ['ours by a product', { product_slug: 'core' }, false],
    ['ours by a product key', { product_key: 'core' }, false],
    ['ours by its reservation, also where it cannot be read', { reservation_id: 'R-1', term_days: 'soon' }, false],
  ])('%s', (_what, metadata, expected) => expect(isForeign(metadata)).toBe(expected))

  test.each(['reservation_id', 'product_slug', 'product_key', 'license_type', 'original_license_id'])(
    'not certainly foreign with the word %s, whatever stands there',
    (word) => expect(usesOurWords({ [word]: null })).toBe(true),
  )

  test('certainly foreign without one', () => expect(usesOurWords({ group: 'acme', plan: 'pro' })).toBe(false))
})

describe('maintenance', () => {
  test.each(['maintenance_renewal', 'Maintenance_Renewal'])('is what %s says, whatever its case', (license_type) => {
    expect(isMaintenance({ license_type })).toBe(true)
    expect(MaintenanceMetadata.parse({ license_type, original_license_id: 'L-1' }).original_license_id).toBe('L-1')
  })

  test('is no other type, and needs the license that it is for', () => {
    expect(isMaintenance({ license_type: 'perpetual' })).toBe(false)
    expect(isMaintenance({})).toBe(false)
    expect(MaintenanceMetadata.safeParse({ license_type: 'maintenance_renewal', original_license_id: '' }).success).toBe(false)
    expect(MaintenanceMetadata.safeParse({ license_type: 'perpetual', original_license_id: 'L-1' }).success).toBe(false)
  })
})
