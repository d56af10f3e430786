import { aLicense } from '@licenseoperator/db/testing'
import { describe, expect, test } from 'vitest'
import { metadataOfLicense } from './metadata-of-license.ts'

const item = { itemId: 'si_1', priceId: 'price_1', stripeProductId: 'prod_1', quantity: 1 }
const license = aLicense({ issuanceKey: 'first', productSlug: 'suite', productKey: 'suite', plan: 'pro', seats: 12 })
const part = (number: number, productKey: string, seats?: number, productSlug: string | undefined = `${productKey}-slug`) =>
  aLicense({ issuanceKey: `first#${number}`, productKey, productSlug, plan: 'pro', seats })

describe('a license tells', () => {
  test('for whom and what it was bought', () => {
    expect(metadataOfLicense(license, [license])).toMatchObject({
      group: 'Acme',
      email: 'owner@acme.test',
      product_slug: 'suite',
      product_key: 'suite',
      plan: 'pro',
      managed_products: 12,
      license_mode: 'subscription',
      bundle_parts: undefined,
    })
    expect(metadataOfLicense({ ...license, kind: 'perpetual' }, []).license_mode).toBe('perpetual_auto')
  })

  test('the seats of one unit, however many it was sold with', () => {
    const sold = { ...license, soldAs: [{ ...item, quantity: 2 }, item] }
    expect(metadataOfLicense(sold, [sold]).managed_products).toBe(4)
    expect(metadataOfLicense({ ...license, soldAs: [] }, []).managed_products).toBe(12)
    expect(metadataOfLicense({ ...sold, seats: undefined }, [sold]).managed_products).toBeUndefined()
  })

  test('the parts of one unit, each with its seats, slug and plan', () => {
    const sold = { ...license, soldAs: [{ ...item, quantity: 2 }] }
    const parts = [part(1, 'app'), part(2, 'app'), part(3, 'tool', 5), part(4, 'tool', 5), part(5, 'tool', 5), part(6, 'tool', 5)]
    expect(metadataOfLicense(sold, [sold, ...parts]).bundle_parts).toEqual([
      ['app', 1, null, 'app-slug', 'pro'],
      ['tool', 2, 5, 'tool-slug', 'pro'],
    ])
  })

  test('parts of one product key that are other products apart', () => {
    expect(metadataOfLicense(license, [license, part(1, 'app', 5), part(2, 'app', 7)]).bundle_parts).toEqual([
      ['app', 1, 5, 'app-slug', 'pro'],
      ['app', 1, 7, 'app-slug', 'pro'],
    ])
  })

  test('of a part of an older release no more than its key', () => {
    const old = { ...part(1, 'app'), productSlug: undefined }
    expect(metadataOfLicense(license, [license, old]).bundle_parts).toEqual([['app', 1, null]])
  })
})
