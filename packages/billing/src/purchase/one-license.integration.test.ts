import { inTransaction, products, reservations, stripeEvents } from '@licenseoperator/db'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from '../../testing/a-shop.ts'

let shop: Shop
const served = { licenses: 1, payments: 1, announcements: 1, heldReservations: 0 }
const nothing = { licenses: 0, payments: 0, announcements: 0, heldReservations: 1 }

beforeAll(async () => {
  shop = await openShop()
  await shop.sell({ slug: 'once', termDurationDays: 365, maxLicenseTotal: 1000 })
  await shop.sell({
    slug: 'team',
    type: 'subscription',
    pricingMode: 'tiered',
    baseAmountMinor: 9900,
    pricingTiers: [{ upperBound: 10, amount: 12_000 }],
  })
  await shop.sell({ slug: 'tried', type: 'subscription', trialPeriodDays: 30 })
})
afterAll(() => shop.close())

beforeEach(async () => {
  for (const table of ['outbox', 'payments', 'licenses', 'stripe_events', 'reservations', 'audit_log']) {
    await sql`DELETE FROM ${sql.table(table)}`.execute(shop.database.db)
  }
  await shop.emulator.control.reset({ keepEndpoints: true })
  await sql`UPDATE products SET licenses_taken = 0`.execute(shop.database.db)
  await shop.syncCatalog()
})

/** Buys the team subscription. @returns the two events that both tell of its first period */
async function bothEvents(): Promise<{ session: string; invoice: string }> {
  await shop.buy({ lookupKey: 'team', managedProducts: 5 })
  const [session = ''] = await shop.events('checkout.session.completed')
  const [invoice = ''] = await shop.events('invoice.payment_succeeded')
  return { session, invoice }
}

describe("a subscription's session and first invoice", () => {
  test('session first, each three times: one license', async () => {
    const { session, invoice } = await bothEvents()
    for (const event of [session, session, session, invoice, invoice, invoice]) await shop.process(event)
    expect(await shop.count()).toEqual(served)
  })

  test('invoice first, each three times: one license, which the session then names its id to', async () => {
    const { session, invoice } = await bothEvents()
    for (const event of [invoice, invoice, invoice, session, session, session]) await shop.process(event)
    expect(await shop.count()).toEqual(served)
    const license = await shop.database.db
      .selectFrom('licenses')
      .select(['seats', 'stripe_checkout_session_id', 'stripe_invoice_id'])
      .executeTakeFirstOrThrow()
    expect(license).toEqual({
      seats: 5,
      stripe_checkout_session_id: expect.stringMatching(/^cs_/),
      stripe_invoice_id: expect.stringMatching(/^in_/),
    })
  })

  test('both at the same instant, each three times, ten times over: one license each time', async () => {
    for (let round = 1; round <= 10; round += 1) {
      await shop.buy({ lookupKey: 'team', managedProducts: 5 })
      const session = (await shop.events('checkout.session.completed')).at(-1) ?? ''
      const invoice = (await shop.events('invoice.payment_succeeded')).at(-1) ?? ''
      const outcomes = await Promise.all(
        [session, invoice, session, invoice, session, invoice].map((event) => shop.process(event)),
      )
      expect(outcomes.filter(({ kind }) => kind === 'processed')).toHaveLength(2)
      expect(await shop.count()).toEqual({ licenses: round, payments: round, announcements: round, heldReservations: 0 })
    }
  })
})

test('P1: what failed half-way leaves nothing, and the retry does all of it', async () => {
  await shop.buy({ lookupKey: 'once' })
  const [event = ''] = await shop.events('checkout.session.completed')
  await sql`CREATE TRIGGER broken BEFORE INSERT ON outbox FOR EACH ROW SIGNAL SQLSTATE '45000'`.execute(shop.database.db)
  try {
    expect(await shop.process(event)).toMatchObject({ kind: 'retry' })
    expect(await shop.count()).toEqual(nothing)
  } finally {
    await sql`DROP TRIGGER broken`.execute(shop.database.db)
  }
  expect(await shop.process(event, 2)).toMatchObject({ kind: 'processed' })
  expect(await shop.count()).toEqual(served)
})

test('a deadlock is invisible', async () => {
  await shop.buy({ lookupKey: 'once' })
  const [event = ''] = await shop.events('checkout.session.completed')
  // A user variable is per connection, so each connection of the pool fails once.
  await sql`CREATE TRIGGER deadlocks BEFORE INSERT ON payments FOR EACH ROW
    BEGIN IF @deadlocked IS NULL THEN SET @deadlocked = 1; SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213; END IF; END`.execute(
    shop.database.db,
  )
  try {
    expect(await shop.process(event)).toMatchObject({ kind: 'processed' })
  } finally {
    await sql`DROP TRIGGER deadlocks`.execute(shop.database.db)
  }
  expect(await shop.count()).toEqual(served)
})

test('P18: the same customer buys again, on purpose: a second license', async () => {
  for (let round = 1; round <= 2; round += 1) {
    await shop.buy({ lookupKey: 'once' })
    for (const event of await shop.events('checkout.session.completed')) await shop.process(event)
  }
  expect(await shop.count()).toMatchObject({ licenses: 2, announcements: 2 })
})

test('while Stripe cannot be asked for the period the event waits, and nothing is stored', async () => {
  const { session } = await bothEvents()
  await shop.emulator.control.fault({ route: 'GET /v1/invoices/*', status: 503, count: 20 })
  expect(await shop.process(session)).toMatchObject({ kind: 'retry' })
  expect(await shop.count()).toEqual(nothing)
  expect(await shop.emulator.control.pendingFaults()).not.toMatchObject([{ count: 20 }])
  await shop.emulator.control.clearFaults()
  expect(await shop.process(session, 2)).toMatchObject({ kind: 'processed' })
  expect(await shop.count()).toEqual(served)
})

test('a renewal brings a license of its own, announced as such', async () => {
  const { session } = await bothEvents()
  await shop.process(session)
  const subscription = await shop.database.db
    .selectFrom('licenses')
    .select('stripe_subscription_id as id')
    .executeTakeFirstOrThrow()
  await shop.emulator.control.renew(subscription.id ?? '')
  for (const event of await shop.events('invoice.payment_succeeded')) await shop.process(event)
  expect(await shop.count()).toEqual({ licenses: 2, payments: 2, announcements: 2, heldReservations: 0 })
  const announced = await shop.database.db.selectFrom('outbox').select('payload').orderBy('id').execute()
  expect(announced.map((row) => JSON.parse(row.payload.toString()).reason)).toEqual(['purchase', 'renewal'])
})

test('trial days: a license until the end of the trial, and no payment', async () => {
  await shop.buy({ lookupKey: 'tried' })
  for (const event of await shop.events('checkout.session.completed', 'invoice.payment_succeeded')) await shop.process(event)
  expect(await shop.count()).toEqual({ ...served, payments: 0 })
  const { expires_at } = await shop.database.db.selectFrom('licenses').select('expires_at').executeTakeFirstOrThrow()
  expect(Math.round((expires_at.getTime() - Date.now()) / 86_400_000)).toBe(30)
})

describe('a delayed payment method (P4)', () => {
  test.each([
    ['succeeded', served],
    ['failed', { ...nothing, heldReservations: 0 }],
  ] as const)('nothing is issued before the money; then the debit %s', async (outcome, expected) => {
    const sessionId = await shop.startCheckout({ lookupKey: 'once' })
    await shop.emulator.control.completeCheckout(sessionId, { method: 'bank_debit' })
    for (const event of await shop.events('checkout.session.completed')) await shop.process(event)
    expect(await shop.count()).toEqual(nothing)
    await shop.emulator.control.settleDebit(sessionId, outcome)
    for (const event of await shop.events('checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed'))
      await shop.process(event)
    expect(await shop.count()).toEqual(expected)
  })
})

test('an abandoned checkout gives back what it held', async () => {
  const sessionId = await shop.startCheckout({ lookupKey: 'once' })
  expect(await shop.count()).toEqual(nothing)
  await shop.emulator.control.expireCheckout(sessionId)
  for (const event of await shop.events('checkout.session.expired')) await shop.process(event)
  expect(await shop.count()).toMatchObject({ heldReservations: 0 })
  const product = await products.findBySlug(shop.database.db, 'once')
  expect(await products.licensesTaken(shop.database.db, product?.id ?? 0)).toBe(0)
})

describe('events that bring no license', () => {
  const event = (type: string, object: object) =>
    JSON.stringify({
      id: `evt_${crypto.randomUUID()}`,
      object: 'event',
      type,
      api_version: '2026-10-28.endive',
      created: 1_800_000_000,
      data: { object },
    })
  const session = {
    id: 'cs_test_x',
    mode: 'payment',
    payment_status: 'paid',
    created: 1_800_000_000,
    amount_subtotal: 100,
    amount_total: 100,
    currency: 'usd',
  }

  test('P10: an unknown type is recorded and ignored', async () => {
    expect(await shop.process(event('account.updated', {}))).toMatchObject({ kind: 'ignored' })
    expect(await stripeEvents.countByStatus(shop.database.db)).toMatchObject({ ignored: 1 })
  })

  test('a purchase without a group is kept with the reason, and issues once it can', async () => {
    const metadata = {
      product_slug: 'once',
      product_key: 'core',
      plan: 'core',
      license_mode: 'one_off',
      term_days: '30',
      email: 'ada@acme.example',
    }
    const broken = event('checkout.session.completed', { ...session, metadata })
    expect(await shop.process(broken)).toMatchObject({ kind: 'parked', reason: expect.stringContaining('group_name') })
    expect(await shop.count()).toMatchObject({ licenses: 0, payments: 0, announcements: 0 })
    const mended = JSON.parse(broken)
    mended.data.object.metadata.group_name = 'acme'
    expect(await shop.process(JSON.stringify(mended))).toMatchObject({ kind: 'processed' })
    expect(await shop.count()).toEqual(served)
  })

  test.each([['-1'], ['1.5'], ['many'], ['']])('seats of "%s" are never read as a number', async (seats) => {
    const metadata = { product_slug: 'once', group_name: 'acme', email: 'ada@acme.example', managed_products: seats }
    expect(await shop.process(event('checkout.session.completed', { ...session, metadata }))).toMatchObject({ kind: 'parked' })
  })

  test('P6: an unknown shape is parked, never read as zero or 1970', async () => {
    expect(
      await shop.process(event('invoice.payment_succeeded', { id: 'in_1', billing_reason: 'subscription_cycle' })),
    ).toMatchObject({ kind: 'parked' })
  })
})

test('a payment that comes after its reservation was given to others is parked; while the cap has room it is served', async () => {
  await sql`UPDATE products SET max_license_total = 1 WHERE slug = 'once'`.execute(shop.database.db)
  try {
    await shop.buy({ lookupKey: 'once' })
    const [late = ''] = await shop.events('checkout.session.completed')
    const { reservation_id } = await shop.database.db
      .selectFrom('reservations')
      .select('reservation_id')
      .executeTakeFirstOrThrow()
    await inTransaction(shop.database.db, (tx) => reservations.release(tx, reservation_id, new Date()))
    await shop.startCheckout({ lookupKey: 'once' })
    expect(await shop.process(late)).toMatchObject({ kind: 'parked', reason: expect.stringContaining('reservation') })
    expect(await shop.count()).toMatchObject({ licenses: 0, heldReservations: 1 })

    const other = await shop.database.db
      .selectFrom('reservations')
      .select('reservation_id')
      .where('status', '=', 'held')
      .executeTakeFirstOrThrow()
    await inTransaction(shop.database.db, (tx) => reservations.release(tx, other.reservation_id, new Date()))
    expect(await shop.process(late)).toMatchObject({ kind: 'processed' })
    expect(await shop.count()).toEqual(served)
  } finally {
    await sql`UPDATE products SET max_license_total = 1000 WHERE slug = 'once'`.execute(shop.database.db)
  }
})
