import { afterAll, beforeAll, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, stockStripe } from '../../testing/kinds.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
  await stockStripe(shop)
})
afterAll(() => shop.close())

const at = (day: string) => Date.parse(`${day}T09:00:00Z`) / 1000

test('three years of a yearly subscription: a change of plan, a renewal that fails and recovers, a cancellation', async () => {
  const { stripe } = shop.deps
  const { control } = shop.emulator
  const { testClocks } = stripe.testHelpers
  const clock = await testClocks.create({ frozen_time: at('2027-01-01') })
  await control.settings({ checkout: { testClock: clock.id } })
  let told = 0
  const until = async (day: string) => {
    await testClocks.advance(clock.id, { frozen_time: at(day) })
    const history = await handledHistory(shop)
    await tell(shop, history.slice(told))
    told = history.length
  }
  await shop.buy({ lookupKey: 'year' })
  const [subscription] = (await stripe.subscriptions.list({ test_clock: clock.id })).data
  const id = subscription?.id ?? ''

  await until('2027-05-01')
  const items = [{ id: subscription?.items.data[0]?.id ?? '', quantity: 3 }]
  await stripe.subscriptions.update(id, { items, proration_behavior: 'always_invoice' })
  await until('2028-02-01')
  await control.setCard(id, '4000000000000341')
  await until('2029-01-02')
  const failed = await resultOf(shop)
  expect(failed.subscriptions).toMatchObject([{ status: 'past_due' }])
  expect(Math.max(...failed.licenses.map((license) => license.until.getTime()))).toBe(at('2029-01-01') * 1000)
  await control.setCard(id, '4242424242424242')
  await until('2029-01-05')
  await stripe.subscriptions.update(id, { cancel_at_period_end: true })
  await until('2029-06-01')
  await until('2030-02-01')

  const { licenses, payments, announcements, subscriptions, unsettled } = await resultOf(shop)
  const history = licenses
    .sort((one, other) => Number(one.from) - Number(other.from))
    .map(({ from, until: end, seats, revoked, supersededBy }) =>
      [
        from.toISOString().slice(0, 10),
        end.toISOString().slice(0, 10),
        `${seats} seats`,
        revoked ?? 'good',
        supersededBy == null ? '' : '→ next',
      ]
        .join('  ')
        .trimEnd(),
    )
  console.info(history.join('\n'))
  expect(history).toEqual([
    '2027-01-01  2028-01-01  10 seats  superseded  → next',
    '2027-05-01  2028-01-01  30 seats  good',
    '2028-01-01  2029-01-01  30 seats  good',
    '2029-01-01  2030-01-01  30 seats  good',
  ])
  expect(payments).toHaveLength(4)
  expect(announcements.map((line) => line.split(' ').at(-1))).toEqual(['renewal', 'renewal', 'renewal', 'purchase'].sort())
  expect(subscriptions).toMatchObject([{ status: 'canceled', ended_at: new Date(at('2030-01-01') * 1000) }])
  expect(unsettled).toEqual([])
})
