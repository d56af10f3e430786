import { releaseOverdueReservations } from '@licenseoperator/checkout'
import { insertProduct } from '@licenseoperator/db/testing'
import { silentLog } from '@licenseoperator/domain'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, insertCoupon } from '../an-api.ts'

let shop: AStripe
let api: AnApi
let couponId: number
const groups = Array.from({ length: 10 }, (_, index) => `group-${index}`)

beforeAll(async () => {
  shop = await aStripe()
  api = await anApi({ stripe: shop.account })
  const product = await insertProduct(api.db, { slug: 'core', lookupKey: 'core' })
  couponId = await insertCoupon(api.db, { productId: product.id, code: 'FIVE', maxTotal: 5, maxPerGroup: 2 })
})
afterAll(async () => {
  await api.close()
  await shop.stop()
})

/** 200 checkouts at once, 20 of each group. @returns the sessions that were opened, and all statuses */
async function rush() {
  const tokens = await Promise.all(groups.map((group) => aMember(group)))
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const organizationName = index % 2 === 0 ? groups[index % 10] : groups[index % 10]?.toUpperCase()
      const answer = await api.checkout({ lookupKey: 'core', couponCode: 'five', organizationName }, tokens[index % 10])
      return { status: answer.status, body: await answer.json() }
    }),
  )
  return {
    // Whoever asks again for what is open already gets it again.
    sessions: [...new Set(answers.filter(({ status }) => status === 200).map(({ body }) => String(body.sessionId)))],
    refused: answers.filter(({ status }) => status === 409),
  }
}

async function held() {
  const rows = await api.db
    .selectFrom('reservations')
    .select(['group_key', 'stripe_session_id'])
    .where('status', '=', 'held')
    .where('coupon_id', '=', couponId)
    .execute()
  const most = Math.max(0, ...groups.map((group) => rows.filter((row) => row.group_key === group).length))
  const { taken } = await api.db.selectFrom('coupons').select('taken').where('id', '=', couponId).executeTakeFirstOrThrow()
  return { total: rows.length, most, taken }
}

test('a coupon for 5 in all and 2 per group under 200 checkouts of 10 groups: 5, at most 2 each; what expires can be taken again', async () => {
  const first = await rush()
  expect(first.sessions).toHaveLength(5)
  expect(first.refused.length).toBeGreaterThan(0)
  expect(first.refused[0]?.body).toMatchObject({ error: 'non-subscription quota exceeded', code: 'quota_exceeded' })
  const now = await held()
  expect(now).toMatchObject({ total: 5, taken: 5 })
  expect(now.most).toBeLessThanOrEqual(2)

  // Live holds count: nobody gets in before a session ends.
  expect(first.sessions).toEqual(expect.arrayContaining((await rush()).sessions))

  const [paid = '', ...expiring] = first.sessions
  await shop.emulator.control.completeCheckout(paid)
  for (const session of expiring.slice(0, 3)) await shop.emulator.control.expireCheckout(session)
  // Long after the sessions' time: the paid and the open one keep their hold, the expired ones give it back.
  const later = new Date(Date.now() + 25 * 3_600_000)
  const stripe = new Stripe(shop.account.apiKey, { host: '127.0.0.1', port: shop.emulator.port, protocol: 'http' })
  expect(await releaseOverdueReservations({ db: api.db, stripe, log: silentLog, now: () => later })).toBe(3)
  expect(await held()).toMatchObject({ total: 2, taken: 2 })

  expect((await rush()).sessions.filter((session) => !first.sessions.includes(session))).toHaveLength(3)
  const end = await held()
  expect(end).toMatchObject({ total: 5, taken: 5 })
  expect(end.most).toBeLessThanOrEqual(2)
}, 60_000)
