import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const DAY = 86_400

/** A year whose renewal cannot be charged, and which is canceled ten days later. @returns the open invoice, and an event of its payment then */
async function canceledUnpaid() {
  const { stripe } = shop.deps
  const { control } = shop.emulator
  await shop.buy({ lookupKey: 'year' })
  const [subscription] = (await stripe.subscriptions.list()).data
  const id = subscription?.id ?? ''
  const end = subscription?.items.data[0]?.current_period_end ?? 0
  await control.setCard(id, '4000000000000341')
  await control.clock({ freezeAt: end })
  await control.renew(id)
  const canceledAt = end + 10 * DAY
  await control.clock({ freezeAt: canceledAt })
  await stripe.subscriptions.cancel(id)
  const open = (await stripe.invoices.list()).data.find(({ status }) => status !== 'paid')
  const paid = (paidAt: number) => {
    const object = { ...open, status: 'paid', status_transitions: { ...open?.status_transitions, paid_at: paidAt } }
    return JSON.stringify({ id: 'evt_late', object: 'event', type: 'invoice.paid', created: paidAt, data: { object } })
  }
  return { end, canceledAt, paid }
}

const renewal = async (end: number) => {
  const { licenses, announcements, unsettled } = await resultOf(shop)
  expect(unsettled).toEqual([])
  const [license] = licenses.filter(({ from }) => from >= new Date(end * 1000))
  return { revoked: license?.revoked, announced: announcements.filter((name) => name.endsWith('renewal')).length }
}

test.each([['after'], ['before']])(
  'a period that is paid after the end of its subscription is good and announced, the end told %s the payment',
  async (order) => {
    const { end, canceledAt, paid } = await canceledUnpaid()
    const history = await handledHistory(shop)
    const late = paid(canceledAt + 2 * DAY)
    await tell(shop, order === 'before' ? [...history, late] : [late, ...history])
    expect(await renewal(end)).toEqual({ revoked: null, announced: 1 })
  },
)

test('a period that was paid before the end of its subscription goes with it, and is not announced once that is known', async () => {
  const { end, canceledAt, paid } = await canceledUnpaid()
  await tell(shop, [...(await handledHistory(shop)), paid(canceledAt - DAY)])
  expect(await renewal(end)).toEqual({ revoked: 'canceled', announced: 0 })
})
