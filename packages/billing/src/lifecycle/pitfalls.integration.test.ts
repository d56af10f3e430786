import { stripeEvents } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import { downloadLicense, listGroupLicenses, restoreLicense, revokeLicense } from '@licenseoperator/licensing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

let shop: Shop
const ops = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
const ada = { identity: 'ada', email: undefined, roles: [], groups: ['acme'], scopes: undefined }

beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const all = async () => tell(shop, await handledHistory(shop))
const last = async (type: string) => (await shop.events(type)).at(-1) ?? ''
const changed = (payload: string, change: (object: Record<string, unknown>) => void, id = `evt_${crypto.randomUUID()}`) => {
  const event = JSON.parse(payload)
  change(event.data.object)
  return JSON.stringify({ ...event, id })
}
async function theLicenseId(): Promise<string> {
  return (await shop.database.db.selectFrom('licenses').select('license_id').executeTakeFirstOrThrow()).license_id
}
async function theReason(): Promise<string | null | undefined> {
  return (await resultOf(shop)).licenses[0]?.revoked
}

describe('P5 what revokes a license, the strongest first', () => {
  /** Each adds one reason to a paid subscription. */
  const acts: Record<'admin' | 'dispute_lost' | 'refunded' | 'canceled', () => Promise<void>> = {
    admin: async () => void (await revokeLicense({ ...shop.deps, requiredScopes: {} }, ops, await theLicenseId(), 'x')),
    dispute_lost: async () => {
      const [charge] = (await shop.deps.stripe.charges.list()).data
      const { id } = await shop.emulator.control.dispute(charge?.id ?? '')
      await shop.emulator.control.closeDispute(id, 'lost')
    },
    refunded: async () => {
      const [charge] = (await shop.deps.stripe.charges.list()).data
      await shop.emulator.control.refund(charge?.id ?? '')
    },
    canceled: async () => {
      const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
      await shop.deps.stripe.subscriptions.cancel(subscription?.id ?? '')
    },
  }
  const rank = ['admin', 'dispute_lost', 'refunded', 'canceled'] as const
  const pairs = rank.flatMap((one) => rank.filter((other) => other !== one).map((other) => [one, other] as const))

  test.each(pairs)(
    'P5 %s, then %s: the stronger counts, and a late or repeated payment changes nothing',
    async (first, second) => {
      await shop.buy({ lookupKey: 'year' })
      const paid = await last('invoice.paid')
      await all()
      await acts[first]()
      await all()
      expect(await theReason()).toBe(first)
      await acts[second]()
      await all()
      const stronger = rank.find((reason) => reason === first || reason === second)
      expect(await theReason()).toBe(stronger)
      await shop.process(changed(paid, () => undefined))
      await shop.process(await last('invoice.payment_succeeded'))
      expect(await theReason()).toBe(stronger)
      expect((await resultOf(shop)).licenses).toHaveLength(1)
    },
  )
})

test('P5 an operator revokes, then a change of plan is paid: what takes its place is revoked too, until the first one is restored', async () => {
  await shop.buy({ lookupKey: 'year' })
  await all()
  const revoking = { ...shop.deps, requiredScopes: {} }
  const first = await theLicenseId()
  await revokeLicense(revoking, ops, first, 'x')
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  const item = subscription?.items.data[0]
  const { control } = shop.emulator
  await control.clock({ freezeAt: (await control.clock()).now + 86_400 })
  await shop.deps.stripe.subscriptions.update(subscription?.id ?? '', {
    items: [{ id: item?.id ?? '', quantity: 2 }],
    proration_behavior: 'always_invoice',
  })
  await all()
  const states = async () => (await resultOf(shop)).licenses.map(({ seats, revoked }) => `${seats} ${revoked}`).sort()
  expect(await states()).toEqual(['10 admin', '20 admin'])
  const { license_id: second } = await shop.database.db
    .selectFrom('licenses')
    .select('license_id')
    .where('license_id', '!=', first)
    .executeTakeFirstOrThrow()
  await expect(restoreLicense(revoking, ops, second, 'x')).rejects.toThrow('restore that one')
  await restoreLicense(revoking, ops, first, 'x')
  expect(await states()).toEqual(['10 superseded', '20 null'])
  // What is paid for after the period is another license.
  await revokeLicense(revoking, ops, first, 'x')
  await control.clock({ freezeAt: item?.current_period_end ?? 0 })
  await control.renew(subscription?.id ?? '')
  await all()
  expect(await states()).toEqual(['10 admin', '20 admin', '20 null'])
})

describe('P6 a payload in a shape that nobody knows', () => {
  test.each([
    ['invoice.paid', 'lines', { lines: { data: [{ amount: 1 }] } }],
    ['invoice.paid', 'total', { total: undefined }],
    ['customer.subscription.deleted', 'items', { items: { data: [{}] } }],
    ['charge.refunded', 'amount_refunded', { amount_refunded: undefined }],
    ['charge.dispute.created', 'status', { status: 'thinking' }],
  ] as const)(
    'P6 %s without a readable %s: parked with the path, alarmed, and nothing is read as zero or 1970',
    async (type, path, broken) => {
      await shop.buy({ lookupKey: 'year' })
      const [charge] = (await shop.deps.stripe.charges.list()).data
      const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
      await shop.emulator.control.dispute(charge?.id ?? '')
      await shop.emulator.control.refund(charge?.id ?? '')
      await shop.deps.stripe.subscriptions.cancel(subscription?.id ?? '')
      const errors: string[] = []
      const log: Log = {
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: (message) => void errors.push(message),
      }
      const outcome = await shop.processWith(
        { log },
        changed(await last(type), (object) => Object.assign(object, broken)),
      )
      expect(outcome).toMatchObject({ kind: 'parked', reason: expect.stringContaining(path) })
      expect(errors).toEqual(['stripe event parked'])
      const { licenses, payments } = await resultOf(shop)
      expect({ licenses, payments }).toEqual({ licenses: [], payments: [] })
    },
  )
})

describe('P8 a dispute', () => {
  test.each([
    ['won', null],
    ['lost', 'dispute_lost'],
  ] as const)('P8 opened marks the license, %s settles it', async (outcome, reason) => {
    await shop.buy({ lookupKey: 'once' })
    const [charge] = (await shop.deps.stripe.charges.list()).data
    await all()
    const { id } = await shop.emulator.control.dispute(charge?.id ?? '')
    await all()
    expect((await resultOf(shop)).licenses).toMatchObject([{ disputed: 1, revoked: null }])
    await shop.emulator.control.closeDispute(id, outcome)
    await all()
    expect((await resultOf(shop)).licenses).toMatchObject([{ disputed: 0, revoked: reason }])
  })
})

describe('P10 what nobody asked for', () => {
  test.each([
    ['an unknown type: taken, ignored', 'customer.subscription.pinged', undefined, 'ignored'],
    ['an unknown billing reason of what is ours: taken, parked', 'invoice.paid', 'subscription_teleport', 'parked'],
  ] as const)('P10 %s, and visible with its reason', async (_what, type, reason, kind) => {
    await shop.buy({ lookupKey: 'year' })
    const unknown = (invoice: Record<string, unknown>) => {
      if (reason !== undefined) invoice.billing_reason = reason
    }
    const event = JSON.parse(changed(await last('invoice.paid'), unknown))
    const outcome = await shop.process(JSON.stringify({ ...event, type }))
    expect(outcome).toMatchObject({ kind })
    const [stored] = await stripeEvents.list(shop.database.db, { status: kind }, 10)
    expect(stored).toMatchObject({
      eventId: event.id,
      type,
      reason: expect.stringContaining(reason ?? 'not a handled event type'),
    })
  })
})

describe('P19 another application on the same Stripe account', () => {
  test('P19 its checkout, invoices, subscription, refund and dispute are recorded as foreign and do nothing', async () => {
    const { stripe } = shop.deps
    const { id: product } = await stripe.products.create({ name: 'Theirs' })
    const price = { product, currency: 'usd', unit_amount: 900 }
    const monthly = await stripe.prices.create({ ...price, recurring: { interval: 'month' } })
    const once = await stripe.prices.create(price)
    for (const [mode, id] of [['subscription', monthly.id] as const, ['payment', once.id] as const]) {
      // It uses words of ours for something else.
      const metadata = { managed_products: 'many', license_mode: 'dongle', term_days: '30 days', plan: 'p' }
      const session = await stripe.checkout.sessions.create({
        mode,
        line_items: [{ price: id, quantity: 1 }],
        success_url: 'https://other.example',
        metadata,
        ...(mode === 'subscription' ? { subscription_data: { metadata } } : { payment_intent_data: { metadata } }),
      })
      const abandoned = await stripe.checkout.sessions.create({
        mode: 'payment',
        line_items: [{ price: once.id, quantity: 1 }],
        success_url: 'https://other.example',
        metadata,
      })
      await stripe.checkout.sessions.expire(abandoned.id)
      await shop.emulator.control.completeCheckout(session.id)
      const [charge] = (await stripe.charges.list()).data
      await shop.emulator.control.refund(charge?.id ?? '', { amount: 100 })
      await shop.emulator.control.dispute(charge?.id ?? '')
    }
    const [subscription] = (await stripe.subscriptions.list()).data
    await stripe.subscriptions.cancel(subscription?.id ?? '')
    const outcomes = []
    for (const payload of await handledHistory(shop)) outcomes.push(await shop.process(payload))
    const foreign = outcomes.filter(({ kind, reason }) => kind === 'ignored' && reason?.includes('another application'))
    expect(foreign.length).toBeGreaterThanOrEqual(9)
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['ignored']))
    expect(await resultOf(shop)).toMatchObject({
      licenses: [],
      payments: [],
      subscriptions: [],
      announcements: [],
      unsettled: [],
    })
  })
})

test('P20 a renewal succeeds, then an older failure arrives: nothing goes back and nothing is announced', async () => {
  await shop.buy({ lookupKey: 'year' })
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  const id = subscription?.id ?? ''
  const { control } = shop.emulator
  await control.setCard(id, '4000000000000341')
  await control.clock({ freezeAt: subscription?.items.data[0]?.current_period_end ?? 0 })
  await control.renew(id)
  const failure = await last('invoice.payment_failed')
  const pastDue = await last('customer.subscription.updated')
  expect(JSON.parse(pastDue).data.object.status).toBe('past_due')
  await control.setCard(id, '4242424242424242')
  await control.advance(4 * 86_400)
  await tell(
    shop,
    (await handledHistory(shop)).filter((payload) => payload !== failure && payload !== pastDue),
  )
  const before = await resultOf(shop)
  expect(before.subscriptions).toMatchObject([{ status: 'active' }])
  await tell(shop, [failure, pastDue])
  expect(await resultOf(shop)).toEqual(before)
})

test('P22 a revoked license is looked up: found, and says revoked', async () => {
  await shop.buy({ lookupKey: 'once' })
  await all()
  const id = await theLicenseId()
  await revokeLicense({ ...shop.deps, requiredScopes: {} }, ops, id, 'published')
  expect(await downloadLicense(shop.database.db, ada, id)).toMatchObject({ licenseId: id, state: { revokedReason: 'admin' } })
  const { items } = await listGroupLicenses(shop.database.db, ada, {
    group: 'acme',
    plan: undefined,
    page: 1,
    pageSize: 10,
  })
  expect(items).toMatchObject([{ licenseId: id, state: { revokedReason: 'admin' } }])
  await expect(downloadLicense(shop.database.db, ada, 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD')).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('P30 an announcement says when it was true and where the present state is', async () => {
  await shop.buy({ lookupKey: 'once' })
  const now = new Date('2027-03-04T05:06:07Z')
  await shop.processWith({ publicBaseUrl: 'https://licenses.example', now: () => now }, await last('checkout.session.completed'))
  const { payload } = await shop.database.db.selectFrom('outbox').select('payload').executeTakeFirstOrThrow()
  expect(JSON.parse(payload.toString())).toMatchObject({
    occurredAt: '2027-03-04T05:06:07Z',
    licenseUrl: `https://licenses.example/authlance/license/${await theLicenseId()}`,
  })
})
