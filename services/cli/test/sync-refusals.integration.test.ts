import { coupons, inTransaction, products } from '@licenseoperator/db'
import { insertProduct } from '@licenseoperator/db/testing'
import { expect, test } from 'vitest'
import { core, database, envOf, stored as everything, pro, sync, useCatalogSync } from './a-catalog-sync.ts'
import { run } from './a-terminal.ts'

useCatalogSync()

const part = { ...pro, slug: 'part', name: 'Part', product_key: 'part' }

/** All but the lease, which every run takes. */
const stored = async () => (await everything()).slice(0, -1)

/** A bundle that an administrator sells; the file knows nothing of it. */
async function aBundle(): Promise<void> {
  await insertProduct(database.db, {
    slug: 'set',
    productKey: 'set',
    bundledProducts: [{ productKey: 'part', quantity: 1 }],
  })
}

test.each<[string, object[]]>([
  ['leaves', [core]],
  ['is not sold', [core, { ...part, active: false }]],
  ['has another key', [core, { ...part, product_key: 'other' }]],
  ['is sold by tiers', [core, { ...part, pricing_mode: 'tiered' }]],
])('a part that %s while a bundle of an administrator has it: refused as a whole, naming the bundle', async (_what, file) => {
  expect(await sync([core, part])).toMatchObject({ code: 0 })
  await aBundle()
  const before = await stored()
  const { code, notes } = await sync(file)
  expect({ code, notes }).toEqual({ code: 1, notes: [expect.stringContaining('the bundle set, which is on sale')] })
  expect(await stored()).toEqual(before)
})

test('a lookup key that an administrator gave to another product: refused as a whole, naming the product of the file', async () => {
  await insertProduct(database.db, { slug: 'theirs', lookupKey: 'core' })
  const before = await stored()
  for (const flags of [[], ['--dry-run']]) {
    const { code, notes } = await run(['stripe', 'sync-products', ...flags], envOf([part, core]))
    expect({ code, notes }).toEqual({
      code: 1,
      notes: [expect.stringMatching(/core: .*lookupKey belongs to another active product/)],
    })
  }
  expect(await stored()).toEqual(before)
})

test('a price of the file of which a coupon leaves less than Stripe charges: refused, naming product and coupon', async () => {
  expect(await sync([core, part])).toMatchObject({ code: 0 })
  const product = await products.findBySlug(database.db, 'core')
  const coupon = { productId: product?.id ?? 0, code: 'HALF', active: true, metadata: {} }
  const promotion = { behavior: 'stripe_promotion', stripePromotion: { percentOff: 50 } } as const
  await inTransaction(database.db, (tx) => coupons.insert(tx, { ...coupon, ...promotion }, new Date()))
  const before = await stored()
  const { code, notes } = await sync([{ ...core, unit_amount: 60 }, part])
  expect({ code, notes }).toEqual({
    code: 1,
    notes: [expect.stringMatching(/core: .*unitAmount cannot be changed: the coupon HALF/)],
  })
  expect(await stored()).toEqual(before)
})
