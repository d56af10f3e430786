import { inTransaction, openDatabase, stripeEvents } from '@licenseoperator/db'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { forgetEvents, handledHistory, resultOf, tell, whatCounts } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'
import { processEvent } from '../events/process-event.ts'
import { sweepStoredEvents } from '../events/sweep-stored-events.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const last = async (type: string) => (await shop.events(type)).at(-1) ?? ''
const nothing = { licenses: 0, payments: 0, announcements: 0, heldReservations: 1 }
const served = { licenses: 1, payments: 1, announcements: 1, heldReservations: 0 }
const intentOf = async (sessionId: string) =>
  String((await shop.deps.stripe.checkout.sessions.retrieve(sessionId)).payment_intent)

describe('P1 the process dies between the record of an event and its work', () => {
  test.each(['licenses', 'outbox', 'payments'])(
    'P1 a failing insert into %s leaves no record either, and the retry does it all',
    async (table) => {
      await shop.buy({ lookupKey: 'once' })
      const event = await last('checkout.session.completed')
      await sql`CREATE TRIGGER broken BEFORE INSERT ON ${sql.table(table)} FOR EACH ROW SIGNAL SQLSTATE '45000'`.execute(
        shop.database.db,
      )
      try {
        expect(await shop.process(event)).toMatchObject({ kind: 'retry' })
        expect(await stripeEvents.find(shop.database.db, JSON.parse(event).id)).toBeUndefined()
        expect(await shop.count()).toEqual(nothing)
      } finally {
        await sql`DROP TRIGGER broken`.execute(shop.database.db)
      }
      expect(await shop.process(event, 2)).toMatchObject({ kind: 'processed' })
      expect(await shop.count()).toEqual(served)
    },
  )
})

test('P2 the database is away while looking for a duplicate: not a duplicate, and done later', async () => {
  await shop.buy({ lookupKey: 'once' })
  const payload = await last('checkout.session.completed')
  const away = openDatabase({ ...shop.database.options, port: 1 })
  try {
    const outcome = await processEvent({ ...shop.deps, db: away.db }, { payload, receivedAt: new Date(), deliveryCount: 50 })
    expect(outcome).toMatchObject({ kind: 'retry' })
  } finally {
    await away.close()
  }
  expect(await shop.process(payload)).toMatchObject({ kind: 'processed' })
  expect(await shop.count()).toEqual(served)
})

describe('P4 a completed checkout that is not paid yet', () => {
  test('P4 nothing is issued until the money comes', async () => {
    const sessionId = await shop.buy({ lookupKey: 'debit' }, { method: 'bank_debit' })
    await tell(shop, await handledHistory(shop))
    expect(await shop.count()).toEqual(nothing)
    await shop.emulator.control.settleDebit(sessionId, 'succeeded')
    await tell(shop, await handledHistory(shop))
    expect(await shop.count()).toEqual(served)
  })

  test('P4 the money never comes: nothing is issued and what was held is free', async () => {
    const sessionId = await shop.buy({ lookupKey: 'debit' }, { method: 'bank_debit' })
    await shop.emulator.control.settleDebit(sessionId, 'failed')
    await tell(shop, await handledHistory(shop))
    expect(await shop.count()).toEqual({ ...nothing, heldReservations: 0 })
    expect((await resultOf(shop)).taken.find(({ slug }) => slug === 'debit')).toMatchObject({ licenses_taken: 0 })
  })
})

describe('P9 P11 P16 the same told again, at the same instant', () => {
  test('P9 every event three times, all at once: one license, dated by its line and not by when it was told', async () => {
    await shop.buy({ lookupKey: 'year' })
    const history = await handledHistory(shop)
    await tell(shop, [...history, ...history, ...history], 6)
    expect(await shop.count()).toEqual(served)
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    const [license] = (await resultOf(shop)).licenses
    expect(license?.until).toEqual(new Date((subscription?.items.data[0]?.current_period_end ?? 0) * 1000))
  })

  test('P11 checkout and first invoice at the same instant: one license', async () => {
    await shop.buy({ lookupKey: 'team', managedProducts: 3 })
    const both = [await last('checkout.session.completed'), await last('invoice.paid')]
    await Promise.all(both.map((event) => shop.process(event)))
    expect(await shop.count()).toEqual(served)
  })

  test('P16 two tellings of one renewal at the same instant: one extension', async () => {
    await shop.buy({ lookupKey: 'auto' })
    await tell(shop, await handledHistory(shop))
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    await shop.emulator.control.renew(subscription?.id ?? '')
    const renewals = [await last('invoice.paid'), await last('invoice.payment_succeeded')]
    await Promise.all([...renewals, ...renewals].map((event) => shop.process(event)))
    const { licenses, payments, announcements } = await resultOf(shop)
    expect({ licenses: licenses.length, payments: payments.length, announcements: announcements.length }).toEqual({
      licenses: 1,
      payments: 2,
      announcements: 2,
    })
    const renewed = await shop.deps.stripe.subscriptions.retrieve(subscription?.id ?? '')
    expect(licenses[0]?.maintainedUntil).toEqual(new Date((renewed.items.data[0]?.current_period_end ?? 0) * 1000))
  })
})

test('P12 a transaction that rolled back announces nothing, the one that commits exactly its facts', async () => {
  await shop.buy({ lookupKey: 'box' })
  const event = await last('checkout.session.completed')
  await sql`CREATE TRIGGER broken BEFORE INSERT ON payments FOR EACH ROW SIGNAL SQLSTATE '45000'`.execute(shop.database.db)
  await shop.process(event).finally(() => sql`DROP TRIGGER broken`.execute(shop.database.db))
  expect((await resultOf(shop)).announcements).toEqual([])
  await shop.process(event, 2)
  const { licenses, announcements } = await resultOf(shop)
  expect(announcements).toHaveLength(licenses.length)
  expect(new Set(announcements).size).toBe(4)
})

test('P13 the row is stored and the queue refused it; the retry finds it stored: the sweep finishes it', async () => {
  await shop.buy({ lookupKey: 'once' })
  const payload = await last('checkout.session.completed')
  const { id, type } = JSON.parse(payload)
  const arrived = { eventId: id, type, apiVersion: undefined, payload: Buffer.from(payload), receivedAt: new Date() }
  const receive = () => inTransaction(shop.database.db, (tx) => stripeEvents.receive(tx, arrived))
  expect(await receive()).toBe(true)
  expect(await receive()).toBe(false)
  expect(await shop.count()).toEqual(nothing)
  expect(await sweepStoredEvents(shop.deps, () => undefined)).toBe(1)
  expect(await shop.count()).toEqual(served)
})

test('P14 two events of the same second, in both orders: the same end', async () => {
  await shop.freezeAt(new Date())
  try {
    await shop.buy({ lookupKey: 'year' })
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    const items = [{ id: subscription?.items.data[0]?.id ?? '', quantity: 2 }]
    await shop.deps.stripe.subscriptions.update(subscription?.id ?? '', { items, proration_behavior: 'always_invoice' })
    const history = await handledHistory(shop)
    expect(new Set(history.map((payload) => JSON.parse(payload).created)).size).toBe(1)
    await tell(shop, history)
    const inOrder = await resultOf(shop)
    expect(inOrder.licenses.filter(({ revoked }) => revoked === null)).toMatchObject([{ seats: 20 }])
    await forgetEvents(shop)
    await tell(shop, history.toReversed())
    expect(whatCounts(await resultOf(shop))).toEqual(whatCounts(inOrder))
  } finally {
    await shop.freezeAt(undefined)
  }
})

describe('P17 the product changes between purchase and renewal', () => {
  test('P17 seats, plan and key stay as they were bought, and a term as well', async () => {
    const change = (slug: string, fields: object) =>
      shop.database.db.updateTable('products').set(fields).where('slug', '=', slug).execute()
    await shop.buy({ lookupKey: 'year' })
    await shop.buy({ lookupKey: 'once' })
    await change('year', { max_managed_products: 1, plan: 'tiny', product_key: 'suite', unit_amount_minor: 1, active: false })
    await change('once', { term_duration_days: 1, type: 'subscription', plan: 'tiny', max_license_total: 1 })
    try {
      const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
      await shop.emulator.control.renew(subscription?.id ?? '')
      await tell(shop, await handledHistory(shop))
      const { licenses } = await resultOf(shop)
      const ofYear = licenses.filter(({ product }) => product === 'year')
      expect(ofYear.map(({ seats, plan }) => ({ seats, plan }))).toEqual([
        { seats: 10, plan: 'core' },
        { seats: 10, plan: 'core' },
      ])
      const once = licenses.find(({ product }) => product === 'once')
      expect(once).toMatchObject({ kind: 'one_off', plan: 'core' })
      expect(((once?.until.getTime() ?? 0) - (once?.from.getTime() ?? 0)) / 86_400_000).toBe(365)
    } finally {
      await change('year', {
        max_managed_products: 10,
        plan: 'core',
        product_key: 'core',
        unit_amount_minor: 21_900,
        active: true,
      })
      await change('once', { term_duration_days: 365, type: 'one_off', plan: 'core', max_license_total: 1000 })
    }
  })
})

test('P17 a bundle brings in each period what it consisted of when it was bought, also parts that are sold no more', async () => {
  const change = (slug: string, fields: object) =>
    shop.database.db.updateTable('products').set(fields).where('slug', '=', slug).execute()
  await shop.buy({ lookupKey: 'box-year' })
  await tell(shop, await handledHistory(shop))
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  const before = await shop.database.db
    .selectFrom('products')
    .select('bundled_products')
    .where('slug', '=', 'box-year')
    .executeTakeFirst()
  await change('box-year', { bundled_products: JSON.stringify([{ productKey: 'core', quantity: 9 }]) })
  for (const slug of ['agent-part', 'agent-part-year']) await change(slug, { active: false })
  try {
    await shop.emulator.control.clock({ freezeAt: subscription?.items.data[0]?.current_period_end ?? 0 })
    await shop.emulator.control.renew(subscription?.id ?? '')
    await tell(shop, await handledHistory(shop))
    const { licenses, unsettled } = await resultOf(shop)
    expect(unsettled).toEqual([])
    const periods = Map.groupBy(licenses, ({ from }) => from.getTime())
    const composed = [...periods.values()].map((period) => period.map(({ product, seats }) => `${product} ${seats}`).sort())
    expect(composed).toHaveLength(2)
    expect(composed[0]).toHaveLength(4)
    expect(composed[1]).toEqual(composed[0])
  } finally {
    await change('box-year', { bundled_products: JSON.stringify(before?.bundled_products) })
    for (const slug of ['agent-part', 'agent-part-year']) await change(slug, { active: true })
  }
})

test('P18 the same customer buys the same product again: a second license', async () => {
  await shop.buy({ lookupKey: 'once' })
  await shop.buy({ lookupKey: 'once' })
  await tell(shop, await handledHistory(shop))
  expect(await shop.count()).toEqual({ licenses: 2, payments: 2, announcements: 2, heldReservations: 0 })
})

test('P7 one of two purchases of a customer is refunded: only that license goes', async () => {
  const first = await shop.buy({ lookupKey: 'once' })
  await shop.buy({ lookupKey: 'once' })
  await shop.emulator.control.refund(await intentOf(first))
  await tell(shop, await handledHistory(shop))
  const { licenses } = await resultOf(shop)
  expect(licenses.find((license) => license.for === `checkout:${first}`)?.revoked).toBe('refunded')
  expect(licenses.filter(({ revoked }) => revoked === null)).toHaveLength(1)
})
