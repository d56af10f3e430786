import { inTransaction, reservations } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Counter, openCounter } from '../../testing/a-counter.ts'
import { licensesTaken, ops, orderOf } from '../../testing/an-order.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'
import { settings } from '../../testing/settings.ts'
import { type CheckoutRequest, createCheckoutSession } from './create-checkout-session.ts'
import { releaseOverdueReservations } from './release-overdue-reservations.ts'

const CAP = 150
let shop: Counter

beforeAll(async () => {
  shop = await openCounter()
  await sellAll(shop)
  await shop.sell({ slug: 'rare', maxLicenseTotal: CAP })
  await shop.sell({ slug: 'few', maxLicenseTotal: 3 })
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const order = (group?: string, request?: Partial<CheckoutRequest>, name?: string) => orderOf(shop, group, request, name)
const taken = () => licensesTaken(shop)

async function creations(): Promise<string[]> {
  const traffic = await shop.emulator.control.traffic()
  return traffic.filter(({ method, path }) => method === 'POST' && path === '/v1/checkout/sessions').map(({ body }) => body)
}

/** Sessions end meanwhile, and nobody is told. */
async function hoursLater(hours: number): Promise<void> {
  const { now } = await shop.emulator.control.advance(hours * 3600)
  await shop.freezeAt(new Date(now * 1000))
}

describe('what a checkout holds', () => {
  test.each([429, 409, 503] as const)(
    'Stripe answers %i: only what proves that no session was made gives the place back',
    async (status) => {
      await shop.emulator.control.fault({ route: 'POST /v1/checkout/sessions', status, count: 40 })
      for (let group = 0; group < 10; group += 1)
        await expect(order(`group-${group}`, {}, `member-${group}`)).rejects.toThrow('temporarily unavailable')
      expect(await taken()).toBe(status === 429 ? 0 : 10)
    },
  )

  test('a 429 after a lost answer proves nothing: the place stays held', async () => {
    await shop.emulator.control.fault({ route: 'POST /v1/checkout/sessions', cut: 'before' })
    await shop.emulator.control.fault({ route: 'POST /v1/checkout/sessions', status: 429 })
    await expect(order()).rejects.toThrow('temporarily unavailable')
    expect(await taken()).toBe(1)
  })

  test('fifty overdue reservations whose session nobody knows keep no other from being released', async () => {
    for (let group = 0; group < 60; group += 1) await order(`group-${group}`, {}, `member-${group}`)
    const { db } = shop.database
    const rows = await db.selectFrom('reservations').select('reservation_id').orderBy('created_at').limit(50).execute()
    for (const { reservation_id: id } of rows)
      await inTransaction(db, (tx) => reservations.attachSession(tx, id, `cs_test_gone_${id}`, new Date(Date.now() + 3_600_000)))
    await hoursLater(3)
    expect(await releaseOverdueReservations(shop.deps)).toBe(60)
    expect(await taken()).toBe(0)
  })

  test('one that Stripe gives no answer about is asked about later, and the others are not held up', async () => {
    const { sessionId } = await order('first', {}, 'first')
    for (let group = 0; group < 50; group += 1) await order(`group-${group}`, {}, `member-${group}`)
    await hoursLater(3)
    await shop.emulator.control.fault({ route: `GET /v1/checkout/sessions/${sessionId}`, status: 500, count: 100 })
    expect(await releaseOverdueReservations(shop.deps)).toBe(50)
    expect(await taken()).toBe(1)
  })
})

describe('unpaid sessions for what is scarce', () => {
  const domains = (...names: string[]) => names.map((name) => ({ cookieDomain: `${name}.example` }))

  test('the same order gets the same session while it is open, and a new one once it is paid or expired', async () => {
    const first = await order()
    expect(await order()).toEqual(first)
    expect(await taken()).toBe(1)
    expect((await order('acme', {}, 'bob')).sessionId).not.toBe(first.sessionId)
    expect((await order('acme', { cookieDomain: 'other.example' })).sessionId).not.toBe(first.sessionId)
    await shop.emulator.control.completeCheckout(first.sessionId)
    const second = await order()
    expect(second.sessionId).not.toBe(first.sessionId)
    await shop.emulator.control.expireCheckout(second.sessionId)
    expect((await order()).sessionId).not.toBe(second.sessionId)
  })

  test('a group has three at once, whoever of it asks; paid and expired ones do not count', async () => {
    const opened: string[] = []
    for (const [index, request] of domains('a', 'b', 'c').entries())
      opened.push((await order('acme', request, `member-${index}`)).sessionId)
    const [next = {}, last = {}] = domains('d', 'e')
    await expect(order('acme', next, 'eve')).rejects.toMatchObject({ code: 'quota_exceeded' })
    await order('other', next, 'zoe')
    await shop.emulator.control.completeCheckout(opened[0] ?? '')
    await shop.emulator.control.expireCheckout(opened[1] ?? '')
    await order('acme', next, 'eve')
    await order('acme', last, 'eve')
    await expect(order('acme', {}, 'fay')).rejects.toMatchObject({ code: 'quota_exceeded' })
    expect(await taken()).toBe(5)
  })

  test('one who asks for many groups, all at once, has ten', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 15 }, (_, index) => order(`group-${index}`)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(await taken()).toBe(10)
  })

  test('of few licenses a group holds half at most', async () => {
    const few = { lookupKey: 'few' }
    await order('acme', few, 'ada')
    await order('acme', few, 'bob')
    await expect(order('acme', few, 'eve')).rejects.toMatchObject({ code: 'quota_exceeded' })
    await expect(order('other', few, 'zoe')).resolves.toHaveProperty('url')
  })

  test('an operator asks for as many groups as there are', async () => {
    const { db, stripe, now } = shop.deps
    const deps = { db, stripe, settings, log: silentLog, now }
    for (let group = 0; group < 12; group += 1)
      await createCheckoutSession(deps, ops, { lookupKey: 'rare', organizationName: `group-${group}` })
    expect(await taken()).toBe(12)
  })

  test.each(['year', 'box'])('what is not scarce has no bound: %s', async (lookupKey) => {
    const opened = new Set<string>()
    for (let count = 0; count < 5; count += 1) opened.add((await order('acme', { lookupKey })).sessionId)
    expect(opened.size).toBe(5)
  })
})

describe('the one trial of a group', () => {
  const tried = { lookupKey: 'tried' }
  const withTrial = async () => (await creations()).filter((body) => body.includes('trial_period_days')).length

  test('whoever asks again for the session that has it gets that session, and another order has none', async () => {
    const before = await withTrial()
    const first = await order('acme', tried)
    expect(await order('acme', tried)).toEqual(first)
    expect((await order('acme', { ...tried, cookieDomain: 'other.example' })).sessionId).not.toBe(first.sessionId)
    expect((await withTrial()) - before).toBe(1)
  })

  test('it is offered anew once its session has expired', async () => {
    const before = await withTrial()
    const first = await order('acme', tried)
    await shop.emulator.control.expireCheckout(first.sessionId)
    expect((await order('acme', tried)).sessionId).not.toBe(first.sessionId)
    expect((await withTrial()) - before).toBe(2)
  })
})
