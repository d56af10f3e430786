import { fieldsOfProduct } from '@licenseoperator/catalog'
import { inTransaction, products } from '@licenseoperator/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop } from './a-shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

test('a part is the product and the plan that were bought, whatever has come to share its key and whatever it is called since', async () => {
  const { db } = shop.database
  const once = { type: 'one_off', billingInterval: 'one_time' } as const
  await shop.sell({ ...once, slug: 'part-2025', productKey: 'core', plan: 'plain' })
  await shop.sell({
    ...once,
    slug: 'set',
    productKey: 'suite',
    plan: 'set',
    bundledProducts: [{ productKey: 'core', quantity: 1 }],
  })
  await shop.buy({ lookupKey: 'set' })
  const bought = await products.findBySlug(db, 'part-2025')
  if (bought === undefined) throw new Error('the part is gone')
  await inTransaction(db, (tx) =>
    products.update(tx, bought.id, { ...fieldsOfProduct(bought), active: false, plan: 'renamed' }, new Date()),
  )
  await shop.sell({ ...once, slug: 'part-2026', productKey: 'core', plan: 'other' })
  for (const event of await shop.events('checkout.session.completed')) await shop.process(event)
  const rows = await db.selectFrom('licenses').select(['product_slug', 'product_key', 'plan']).orderBy('product_key').execute()
  expect(rows).toEqual([
    { product_slug: 'part-2025', product_key: 'core', plan: 'plain' },
    { product_slug: 'set', product_key: 'suite', plan: 'set' },
  ])
})
