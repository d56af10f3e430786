import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { forgetAll, handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { couponsTaken, licensesTaken, orderOf, promote } from '../../testing/an-order.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

const CODE = 'twice'
let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
  await shop.sell({ slug: 'rare', maxLicenseTotal: 2 })
  await promote(shop, 'rare', { code: CODE, maxTotal: 2 })
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

// A backup of before the purchases knows nothing of them: neither their checkouts nor their licenses.
const restoreBackup = () => forgetAll(shop)

const licenseIds = async () => {
  const rows = await shop.database.db
    .selectFrom('licenses')
    .select(['issuance_key', 'license_id'])
    .orderBy('issuance_key')
    .execute()
  return rows.map((row) => `${row.issuance_key} ${row.license_id}`)
}

test('what is issued again has its id again, parts of bundles too', async () => {
  await shop.buy({ lookupKey: 'box' })
  await shop.buy({ lookupKey: 'year' })
  const history = await handledHistory(shop)
  await tell(shop, history)
  const [before, result] = [await licenseIds(), await resultOf(shop)]
  await restoreBackup()
  await tell(shop, history.toReversed())
  expect(await licenseIds()).toEqual(before)
  expect((await resultOf(shop)).announcements).toEqual(result.announcements)
})

test('what a lost checkout held counts again: the cap and the coupon are not sold twice', async () => {
  await shop.buy({ lookupKey: 'rare', couponCode: CODE })
  await shop.buy({ lookupKey: 'rare', couponCode: CODE })
  const history = await handledHistory(shop)
  await restoreBackup()
  await tell(shop, history)
  await tell(shop, history)
  expect([await licensesTaken(shop), await couponsTaken(shop, CODE)]).toEqual([2, 2])
  expect(await shop.count()).toMatchObject({ licenses: 2, heldReservations: 0 })
  await expect(orderOf(shop)).rejects.toThrow('quota exceeded')
})

test('what has been sold to others since the restore is parked and says so; with room again it is served', async () => {
  await shop.buy({ lookupKey: 'rare' })
  const history = await handledHistory(shop)
  await restoreBackup()
  await orderOf(shop)
  await orderOf(shop, 'globex')
  await tell(shop, history)
  const unserved = (await resultOf(shop)).unsettled
  expect(unserved).toMatchObject([
    { status: 'parked', reason: expect.stringContaining('is in no backup and has been sold to others') },
  ])
  expect([await licensesTaken(shop), (await shop.count()).licenses]).toEqual([2, 0])
  await sql`UPDATE products SET max_license_total = 3 WHERE slug = 'rare'`.execute(shop.database.db)
  await sql`UPDATE stripe_events SET status = 'received'`.execute(shop.database.db)
  await tell(shop, history)
  expect([await licensesTaken(shop), (await shop.count()).licenses]).toEqual([3, 1])
  await sql`UPDATE products SET max_license_total = 2 WHERE slug = 'rare'`.execute(shop.database.db)
})

test('a subscription takes none of the cap', async () => {
  await shop.buy({ lookupKey: 'year' })
  const history = await handledHistory(shop)
  await restoreBackup()
  await tell(shop, history)
  expect([(await shop.count()).licenses, await licensesTaken(shop, 'year')]).toEqual([1, 0])
})

test('a reservation id that is none of ours holds nothing', async () => {
  await shop.buy({ lookupKey: 'rare' })
  const history = (await handledHistory(shop)).map((payload) => payload.replaceAll(/R-[0-9A-Z]{26}/g, 'ours-1'))
  await restoreBackup()
  await tell(shop, history)
  expect([(await shop.count()).licenses, await licensesTaken(shop)]).toEqual([1, 0])
})

test('an announcement is dated by its payment: from then on the stream is asked whether it holds it', async () => {
  const paidAt = new Date(Math.floor(Date.now() / 1000) * 1000 - 3 * 86_400_000)
  await shop.freezeAt(paidAt)
  await shop.buy({ lookupKey: 'once' })
  const history = await handledHistory(shop)
  await shop.freezeAt(undefined)
  await tell(shop, history)
  const rows = await shop.database.db.selectFrom('outbox').select('created_at').execute()
  expect(rows).toEqual([{ created_at: paidAt }])
})
