import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetAll, forgetEvents, resultOf } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, stockStripe } from '../../testing/kinds.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
  await forgetAll(shop)
  await stockStripe(shop)
})
afterAll(() => shop.close())

test('a purchase and its refund, told at the same instant: the second sees the first, and the license is revoked', async () => {
  for (let purchase = 1; purchase <= 8; purchase += 1) {
    const sessionId = await shop.buy({ lookupKey: 'once' })
    const { payment_intent: intent } = await shop.deps.stripe.checkout.sessions.retrieve(sessionId)
    await shop.emulator.control.refund(String(intent))
  }
  const purchases = await shop.events('checkout.session.completed')
  const refunds = await shop.events('charge.refunded')
  for (let round = 1; round <= 6; round += 1) {
    await forgetEvents(shop)
    // A refund asks Stripe first: the purchase is told a little later, so that their transactions meet.
    const told = refunds.map((refund) => shop.process(refund))
    for (const purchase of purchases) {
      await new Promise((resolve) => setImmediate(resolve))
      told.push(shop.process(purchase))
    }
    await Promise.all(told)
    const { licenses, taken } = await resultOf(shop)
    expect(licenses.map((license) => license.revoked)).toEqual(purchases.map(() => 'refunded'))
    expect(taken.find(({ slug }) => slug === 'once')).toMatchObject({ licenses_taken: 0 })
  }
})
