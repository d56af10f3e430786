import { expect, test } from 'vitest'
import { couponMetadataBeside } from './coupon-metadata.ts'

const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))

test('with our own it is never more than the 50 keys that Stripe takes', () => {
  expect(Object.keys(couponMetadataBeside({ group: 'acme', plan: 'core' }, entries(60)))).toHaveLength(48)
  expect(couponMetadataBeside({}, entries(50))).toEqual(entries(50))
})

test('what Stripe cannot have stays behind, what is ours is not overwritten, nothing becomes a renewal', () => {
  const coupon = {
    ok: 'v',
    'a[b]': 'x',
    ['k'.repeat(41)]: 'x',
    long: 'x'.repeat(501),
    empty: '',
    group: 'evil',
    license_type: 'maintenance_renewal',
    original_license_id: 'L-1',
  }
  expect(couponMetadataBeside({ group: 'acme' }, coupon)).toEqual({ ok: 'v' })
})
