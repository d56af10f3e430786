import { stripeEvents } from '@licenseoperator/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'
import { discardEvent } from '../events/discard-event.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const told = async () => tell(shop, await handledHistory(shop))

test('an invoice paid by two charges is refunded in full when both are, and not when one is', async () => {
  await shop.buy({ lookupKey: 'year' })
  await told()
  const invoice = JSON.parse((await shop.events('invoice.paid'))[0] ?? '').data.object
  const half = Math.floor(invoice.amount_paid / 2)
  const refunded = (id: string, amount: number) =>
    shop.process(
      JSON.stringify({
        id: `evt_${id}`,
        object: 'event',
        type: 'charge.refunded',
        created: invoice.created,
        data: { object: { id, amount, amount_refunded: amount, refunded: true, invoice: invoice.id, metadata: {} } },
      }),
    )
  await refunded('ch_first', half)
  expect((await resultOf(shop)).licenses).toMatchObject([{ revoked: null }])
  await refunded('ch_second', invoice.amount_paid - half)
  expect((await resultOf(shop)).licenses).toMatchObject([{ revoked: 'refunded' }])
})

test('a license that is revoked when it is made is not announced, and is once it becomes good', async () => {
  await shop.buy({ lookupKey: 'once' })
  const { data } = await shop.deps.stripe.charges.list({ limit: 1 })
  const { id } = await shop.emulator.control.refund(data[0]?.id ?? '')
  await tell(shop, (await handledHistory(shop)).toReversed())
  expect(await resultOf(shop)).toMatchObject({ licenses: [{ revoked: 'refunded' }], announcements: [] })
  await shop.emulator.control.failRefund(id)
  await told()
  const { licenses, announcements } = await resultOf(shop)
  expect(licenses).toMatchObject([{ revoked: null }])
  expect(announcements).toHaveLength(1)
})

describe('one trial per group', () => {
  async function trialOf(sessionId: string): Promise<number | null> {
    const { subscription } = await shop.deps.stripe.checkout.sessions.retrieve(sessionId)
    return (await shop.deps.stripe.subscriptions.retrieve(String(subscription))).trial_end
  }

  test('the second subscription is paid from its first day, also where no event of the first has come', async () => {
    const first = await shop.buy({ lookupKey: 'tried' })
    const unheard = await shop.buy({ lookupKey: 'tried' })
    await told()
    const later = await shop.buy({ lookupKey: 'tried' })
    expect(await Promise.all([first, unheard, later].map(trialOf))).toEqual([expect.any(Number), null, null])
  })

  test('of several checkouts at once one offers it; abandoned, the next one does', async () => {
    // The same order may get the open session that has the trial back.
    const sessions = new Set(await Promise.all([1, 2, 3, 4].map(() => shop.startCheckout({ lookupKey: 'tried' }))))
    for (const id of sessions) await shop.emulator.control.expireCheckout(id)
    await told()
    const again = [...new Set(await Promise.all([1, 2].map(() => shop.startCheckout({ lookupKey: 'tried' }))))]
    for (const id of again) await shop.emulator.control.completeCheckout(id)
    const trials = await Promise.all(again.map(trialOf))
    expect(trials.filter((end) => end !== null)).toHaveLength(1)
    await told()
    const { count } = await shop.database.db
      .selectFrom('trials')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    expect(Number(count)).toBe(1)
  })

  test('a group that had a trial license has none with a subscription', async () => {
    const had = { group_key: 'acme', license_id: 'L-of-a-trial', product_key: 'core' }
    await shop.database.db
      .insertInto('trials')
      .values({ ...had, expires_at: new Date(), updated_at: new Date() })
      .execute()
    expect(await trialOf(await shop.buy({ lookupKey: 'tried' }))).toBeNull()
  })

  test('a first period that a discount made free is no trial', async () => {
    await shop.buy({ lookupKey: 'year' })
    const event = JSON.parse((await shop.events('invoice.paid'))[0] ?? '')
    Object.assign(event.data.object, { total: 0, amount_paid: 0 })
    expect(await shop.process(JSON.stringify(event))).toMatchObject({ kind: 'processed' })
    expect(await trialOf(await shop.buy({ lookupKey: 'tried' }))).not.toBeNull()
  })
})

test('a renewal takes no share, also when the purchase was discarded and its share sold to others', async () => {
  const { db } = shop.database
  const rename = (from: string, to: string) => db.updateTable('products').set({ slug: to }).where('slug', '=', from).execute()
  await db.updateTable('coupons').set({ max_total: 1 }).execute()
  const buy = () => shop.buy({ lookupKey: 'cheaper', couponCode: 'less25' })
  await buy()
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  await rename('cheaper', 'lost')
  await tell(shop, await handledHistory(shop))
  const parked = await stripeEvents.list(db, { status: 'parked' }, 10)
  const ops = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
  for (const { eventId } of parked) await discardEvent(shop.deps, ops, eventId, 'the money went back')
  await rename('lost', 'cheaper')
  await buy()
  await shop.emulator.control.clock({ freezeAt: subscription?.items.data[0]?.current_period_end ?? 0 })
  await shop.emulator.control.renew(subscription?.id ?? '')
  await tell(shop, await handledHistory(shop))
  await db.updateTable('coupons').set({ max_total: null }).execute()
  const { licenses, couponsTaken, unsettled } = await resultOf(shop)
  expect(unsettled).toEqual([])
  expect(licenses.map(({ product }) => product)).toEqual(['cheaper', 'cheaper'])
  expect(couponsTaken.inAll).toEqual([{ code: 'less25', taken: 1 }])
})
