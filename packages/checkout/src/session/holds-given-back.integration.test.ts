import { once } from 'node:events'
import { createServer } from 'node:http'
import { createStripe } from '@licenseoperator/stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Counter, openCounter } from '../../testing/a-counter.ts'
import { couponsTaken, promote } from '../../testing/a-coupon.ts'
import { licensesTaken, orderOf } from '../../testing/an-order.ts'
import { startOver } from '../../testing/kinds.ts'
import type { CheckoutRequest } from './create-checkout-session.ts'
import { releaseOverdueReservations } from './release-overdue-reservations.ts'

/** A subscription of which there are as many as are wanted, at a price for few. */
const cheaper = { lookupKey: 'year', couponCode: 'few' }
let shop: Counter

beforeAll(async () => {
  shop = await openCounter()
  await shop.sell({ slug: 'rare', maxLicenseTotal: 150 })
  await shop.sell({ slug: 'year', type: 'subscription', billingInterval: 'year' })
  await promote(shop, 'year', { code: 'few', maxTotal: 100 })
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const order = (group?: string, request?: Partial<CheckoutRequest>, name?: string) => orderOf(shop, group, request, name)
const taken = () => licensesTaken(shop)

/** A Stripe that has one answer to everything. */
async function orderWhereStripeAnswers(status: number): Promise<unknown> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { type: 'invalid_request_error', message: 'no' } }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  const stripe = createStripe({ apiKey: 'sk_test_any', apiBase: `http://127.0.0.1:${address.port}` })
  try {
    return await orderOf({ ...shop, deps: { ...shop.deps, stripe } })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test.each([400, 401, 402, 403, 404, 429])('Stripe answers %i, so there is no session: the hold is released', async (status) => {
  await expect(orderWhereStripeAnswers(status)).rejects.toHaveProperty('code')
  expect(await taken()).toBe(0)
})

test.each([408, 409, 500, 502, 503])('Stripe answers %i, so there may be a session: the hold stays', async (status) => {
  await expect(orderWhereStripeAnswers(status)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  expect(await taken()).toBe(1)
})

test('fifty paid checkouts whose webhooks are late keep no abandoned one from being released', async () => {
  for (let group = 0; group < 50; group += 1) {
    const { sessionId } = await order(`group-${group}`, {}, `member-${group}`)
    await shop.emulator.control.completeCheckout(sessionId)
  }
  const { db } = shop.database
  await db
    .updateTable('reservations')
    .set({ expires_at: new Date(0) })
    .execute()
  await order('late', {}, 'late')
  const { now } = await shop.emulator.control.advance(3 * 3600)
  await shop.freezeAt(new Date(now * 1000))
  expect(await releaseOverdueReservations(shop.deps)).toBe(1)
  expect(await taken()).toBe(50)
})

test('while Stripe cannot be asked nothing is released, and few are asked about', async () => {
  for (let group = 0; group < 10; group += 1) await order(`group-${group}`, {}, `member-${group}`)
  const { now } = await shop.emulator.control.advance(3 * 3600)
  await shop.freezeAt(new Date(now * 1000))
  await shop.emulator.control.fault({ route: 'GET /v1/checkout/sessions/*', status: 500, count: 100 })
  const asked = async () => (await shop.emulator.control.traffic()).filter(({ method }) => method === 'GET').length
  const before = await asked()
  expect(await releaseOverdueReservations(shop.deps)).toBe(0)
  expect(await taken()).toBe(10)
  // Each of three is asked about twice: the client tries once more by itself.
  expect((await asked()) - before).toBe(6)
})

describe('unpaid sessions', () => {
  const domains = Array.from({ length: 8 }, (_, index) => ({ cookieDomain: `d${index}.example` }))

  test('of what a coupon makes scarce a group has three at once, and the same order gets the same one', async () => {
    const opened: string[] = []
    for (const [index, request] of domains.slice(0, 3).entries())
      opened.push((await order('acme', { ...cheaper, ...request }, `member-${index}`)).sessionId)
    await expect(order('acme', cheaper, 'eve')).rejects.toMatchObject({ code: 'quota_exceeded' })
    expect((await order('acme', { ...cheaper, ...domains[0] }, 'member-0')).sessionId).toBe(opened[0])
    await expect(order('other', cheaper, 'zoe')).resolves.toHaveProperty('url')
    expect(await couponsTaken(shop, 'few')).toBe(4)
  })

  test('of a group whose members all ask at the same instant three get one', async () => {
    const answers = await Promise.allSettled(domains.map((request, index) => order('acme', request, `member-${index}`)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(await taken()).toBe(3)
  })
})
