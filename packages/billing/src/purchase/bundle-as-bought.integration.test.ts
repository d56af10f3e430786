import { fieldsOfProduct } from '@licenseoperator/catalog'
import { inTransaction, products } from '@licenseoperator/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handledHistory, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'

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

describe('parts of a yearly bundle whose key several products share', () => {
  const yearly = { type: 'subscription', billingInterval: 'year' } as const

  async function boughtBox(name: string) {
    await shop.sell({ ...yearly, slug: `${name}-old`, productKey: 'agent', plan: 'plain' })
    const bundledProducts = [{ productKey: 'agent', quantity: 1 }]
    await shop.sell({ ...yearly, slug: name, productKey: 'suite', plan: 'set', bundledProducts })
    await shop.emulator.control.clock({ real: true })
    await shop.buy({ lookupKey: name })
    const old = await products.findBySlug(shop.database.db, `${name}-old`)
    if (old === undefined) throw new Error('the part is gone')
    await inTransaction(shop.database.db, (tx) =>
      products.update(tx, old.id, { ...fieldsOfProduct(old), active: false, plan: 'renamed' }, new Date()),
    )
    await shop.sell({ ...yearly, slug: `${name}-new`, productKey: 'agent', plan: 'other' })
    const all = (await shop.deps.stripe.subscriptions.list()).data
    const subscription = all.find(({ metadata }) => metadata.product_slug === name)
    return { id: subscription?.id ?? '', item: subscription?.items.data[0] }
  }

  async function renewed({ id, item }: Awaited<ReturnType<typeof boughtBox>>): Promise<void> {
    await shop.emulator.control.clock({ freezeAt: item?.current_period_end ?? 0 })
    await shop.emulator.control.renew(id)
    await tell(shop, await handledHistory(shop))
  }

  async function parts(name: string) {
    const rows = await shop.database.db
      .selectFrom('licenses')
      .select(['product_slug', 'plan'])
      .where('product_slug', 'like', `${name}-%`)
      .execute()
    await retireAll()
    return rows.map(({ product_slug: slug, plan }) => [slug, plan])
  }

  /** So that the next bundle's part is the only one of its key. */
  async function retireAll(): Promise<void> {
    await shop.database.db.updateTable('products').set({ active: false }).where('product_key', '=', 'agent').execute()
  }

  test('are what was bought for a quantity above one too', async () => {
    const bought = await boughtBox('twice')
    await shop.deps.stripe.subscriptions.update(bought.id, {
      items: [{ id: bought.item?.id ?? '', quantity: 2 }],
      proration_behavior: 'none',
    })
    await renewed(bought)
    expect(await parts('twice')).toEqual(Array(3).fill(['twice-old', 'plain']))
  })

  test('are what was bought when the metadata was cleared', async () => {
    const bought = await boughtBox('cleared')
    await tell(shop, await handledHistory(shop))
    await shop.deps.stripe.subscriptions.update(bought.id, { metadata: '' })
    await renewed(bought)
    expect(await parts('cleared')).toEqual(Array(2).fill(['cleared-old', 'plain']))
  })
})
