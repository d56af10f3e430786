import { fieldsOfCoupon, fieldsOfProduct } from '@licenseoperator/catalog'
import { coupons, inTransaction, products } from '@licenseoperator/db'
import { expect, test } from 'vitest'
import { atStripe, core, database, emulator, forgetIds, prepare, proxy, save, sync, useCatalogSync } from './a-catalog-sync.ts'

useCatalogSync()

const own = async () => {
  const product = await products.findBySlug(database.db, 'core')
  if (product === undefined) throw new Error('core is gone')
  return product
}

/** What an administrator's change of the amount does: the price at Stripe is not known any more. */
async function changeAmount(unitAmountMinor: number): Promise<void> {
  const product = await own()
  const { stripePriceId: _outdated, ...fields } = fieldsOfProduct(product)
  await inTransaction(database.db, (tx) => products.update(tx, product.id, { ...fields, unitAmountMinor }, new Date()))
}

async function takeOffSale(): Promise<void> {
  const product = await own()
  await inTransaction(database.db, (tx) =>
    products.update(tx, product.id, { ...fieldsOfProduct(product), active: false }, new Date()),
  )
}

/** What an administrator's change of the percentage does. */
async function changePercentage(percentOff: number): Promise<void> {
  const [coupon] = await coupons.findByCode(database.db, 'save10')
  if (coupon === undefined) throw new Error('the coupon is gone')
  const stripePromotion = { percentOff, duration: 'once' as const }
  const fields = { ...fieldsOfCoupon(coupon), stripePromotion }
  await inTransaction(database.db, (tx) => coupons.update(tx, coupon.id, fields, new Date()))
}

/** Runs the sync once for each of its requests, with a change while that request is under way. */
async function atEveryRequest(
  before: () => Promise<void>,
  change: () => Promise<void>,
  check: () => Promise<void>,
): Promise<void> {
  for (let request = 1; ; request += 1) {
    await emulator.control.reset()
    await before()
    let struck = false
    proxy.meddle({
      request,
      moment: 'before it is answered',
      act: async () => {
        struck = true
        await change()
      },
    })
    expect(await sync([{ ...core, coupons: [save] }])).toMatchObject({ code: 0 })
    proxy.meddle(undefined)
    if (!struck) return
    await check()
  }
}

test('an amount that is changed while a sync is under way: what is sold at costs what the shop shows', async () => {
  let caughtUp = 0
  const before = async () => {
    await prepare([{ ...core, unit_amount: 15_000, coupons: [save] }])
  }
  await atEveryRequest(
    before,
    () => changeAmount(29_900),
    async () => {
      const product = await own()
      expect(product.unitAmountMinor).toBe(29_900)
      const { prices } = await atStripe()
      const active = prices.filter((price) => price.active)
      // Not named: the amount is sent with each checkout until the next sync.
      if (product.stripePriceId === undefined) return
      caughtUp += 1
      expect(active).toMatchObject([{ lookupKey: 'core', amount: 29_900 }])
    },
  )
  expect(caughtUp).toBeGreaterThan(0)
})

test('a percentage that is changed while a sync is under way is not turned back', async () => {
  let caughtUp = 0
  const before = async () => {
    await prepare([{ ...core, coupons: [save] }])
    await forgetIds()
  }
  await atEveryRequest(
    before,
    () => changePercentage(20),
    async () => {
      const [coupon] = await coupons.findByCode(database.db, 'save10')
      expect(coupon?.stripePromotion).toMatchObject({ percentOff: 20 })
      if (coupon?.stripePromotion?.promotionId === undefined) return
      caughtUp += 1
      const { codes } = await atStripe()
      expect(codes.filter((code) => code.active)).toHaveLength(1)
    },
  )
  expect(caughtUp).toBeGreaterThan(0)
})

test('a product that is taken off sale while a sync is under way is not offered at Stripe, now or with the next sync', async () => {
  let atOnce = 0
  const before = async () => {
    await prepare([core])
    await forgetIds()
  }
  await atEveryRequest(before, takeOffSale, async () => {
    const [product] = (await atStripe()).products
    if (product?.active === false) atOnce += 1
    expect(await sync([{ ...core, active: false }])).toMatchObject({ code: 0 })
    expect((await atStripe()).products).toMatchObject([{ active: false }])
  })
  expect(atOnce).toBeGreaterThan(0)
})
