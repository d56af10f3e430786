import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handledHistory, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ automaticTax: true })
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(async () => {
  await startOver(shop)
  await shop.emulator.control.settings({ tax: { percent: 20 } })
})

const payments = () =>
  shop.database.db
    .selectFrom('payments')
    .select(['amount_subtotal_minor as subtotal', 'amount_tax_minor as tax', 'amount_total_minor as total'])
    .orderBy('paid_at')
    .execute()

test.each([
  ['once', undefined],
  ['seats', 5],
  ['year', undefined],
  ['team', 5],
] as const)(
  '%s: what Stripe added as tax is recorded as tax, in each period, and a full refund is full with it',
  async (slug, managedProducts) => {
    await shop.buy({ lookupKey: slug, ...(managedProducts === undefined ? {} : { managedProducts }) })
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    if (subscription !== undefined) {
      await shop.emulator.control.clock({ freezeAt: subscription.items.data[0]?.current_period_end ?? 0 })
      await shop.emulator.control.renew(subscription.id)
    }
    await tell(shop, (await handledHistory(shop)).toReversed())
    const recorded = await payments()
    expect(recorded).toHaveLength(subscription === undefined ? 1 : 2)
    for (const { subtotal, tax, total } of recorded) {
      expect(subtotal).toBeGreaterThan(0)
      expect({ tax, total }).toEqual({ tax: Math.round(subtotal * 0.2), total: Math.round(subtotal * 1.2) })
    }
    const [charge] = (await shop.deps.stripe.charges.list()).data
    await shop.emulator.control.refund(charge?.id ?? '')
    await tell(shop, await shop.events('charge.refunded'))
    const licenses = await shop.database.db.selectFrom('licenses').select('revoked_reason').orderBy('issued_at', 'desc').execute()
    expect(licenses[0]?.revoked_reason).toBe('refunded')
  },
)
