import { MOST_BUNDLE_PARTS } from '@licenseoperator/catalog'
import { openDatabase } from '@licenseoperator/db'
import { revokeLicense } from '@licenseoperator/licensing'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { forgetAll, handledHistory } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

let shop: Shop
/** One connection, so that what the session counts is what we did. */
let alone: ReturnType<typeof openDatabase>

beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
  const monthly = { type: 'subscription', billingInterval: 'month', productKey: 'suite' } as const
  for (const quantity of [1, 5, 20, MOST_BUNDLE_PARTS])
    await shop.sell({ ...monthly, slug: `box-of-${quantity}`, bundledProducts: [{ productKey: 'agent', quantity }] })
})
afterAll(() => shop.close())
beforeEach(async () => {
  await startOver(shop)
  alone = openDatabase({ ...shop.database.options, maxConnections: 1, holdMs: 60_000 })
})
afterEach(() => alone.close())

async function rowsRead(act: () => Promise<unknown>): Promise<number> {
  const read = async () => {
    const { rows } = await sql<{ Value: string }>`SHOW SESSION STATUS LIKE 'Handler_read%'`.execute(alone.db)
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
  }
  const before = await read()
  const asking = (await read()) - before
  const start = await read()
  await act()
  return (await read()) - start - asking
}

/** Every further event, each with what it made MySQL read, by type. */
async function costOfNews(told: Set<string>): Promise<Record<string, number>> {
  const costs: Record<string, number> = {}
  for (const payload of await handledHistory(shop)) {
    const { id, type } = JSON.parse(payload)
    if (told.has(id)) continue
    told.add(id)
    costs[type] = await rowsRead(() => shop.processWith({ db: alone.db }, payload))
  }
  return costs
}

async function monthOf(id: string): Promise<void> {
  const { items } = await shop.deps.stripe.subscriptions.retrieve(id)
  await shop.emulator.control.clock({ freezeAt: items.data[0]?.current_period_end ?? 0 })
  await shop.emulator.control.renew(id)
}

test('what an event costs is the same in the second month and in the tenth year of a subscription to a bundle', async () => {
  const { stripe } = shop.deps
  await shop.buy({ lookupKey: 'box-of-5' })
  const [subscription] = (await stripe.subscriptions.list()).data
  const id = subscription?.id ?? ''
  const told = new Set<string>()
  await costOfNews(told)
  const seen: Record<number, Record<string, number>> = {}
  for (let month = 2; month <= 120; month += 1) {
    await monthOf(id)
    const renewal = await costOfNews(told)
    if (![2, 12, 36, 120].includes(month)) continue
    const [charge] = (await stripe.charges.list({ limit: 1 })).data
    await shop.emulator.control.refund(charge?.id ?? '')
    seen[month] = { ...renewal, ...(await costOfNews(told)) }
  }
  expect(Object.keys(seen[2] ?? {})).toEqual(
    expect.arrayContaining(['invoice.paid', 'customer.subscription.updated', 'charge.refunded']),
  )
  for (const month of [12, 36, 120])
    for (const [type, rows] of Object.entries(seen[month] ?? {}))
      expect(rows, `${type} in month ${month}`).toBeLessThan(1.2 * (seen[2]?.[type] ?? 0) + 10)

  // An old month is no dearer: its money goes back late, or an operator revokes it.
  const charges = await stripe.charges.list({ limit: 100 })
  await shop.emulator.control.refund(charges.data[60]?.id ?? '')
  const { 'charge.refunded': late = 0 } = await costOfNews(told)
  expect(late).toBeLessThan(1.2 * (seen[2]?.['charge.refunded'] ?? 0) + 10)
  const { license_id: licenseId } = await shop.database.db
    .selectFrom('licenses')
    .select('license_id')
    .orderBy('issued_at')
    .limit(1)
    .offset(300)
    .executeTakeFirstOrThrow()
  const root = { identity: 'root', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
  const { policy, now } = shop.deps
  const byHand = await rowsRead(() => revokeLicense({ db: alone.db, requiredScopes: {}, policy, now }, root, licenseId, 'lost'))
  expect(byHand).toBeLessThan(1.2 * (seen[2]?.['charge.refunded'] ?? 0) + 10)
}, 300_000)

test('what an event costs grows with the parts of a bundle, and not with their square', async () => {
  const perPart: Record<number, number> = {}
  for (const parts of [1, 20, MOST_BUNDLE_PARTS]) {
    await shop.buy({ lookupKey: `box-of-${parts}` })
    const costs = await costOfNews(new Set())
    perPart[parts] = Object.values(costs).reduce((sum, rows) => sum + rows, 0) / (parts + 1)
    await forgetAll(shop)
    await startOver(shop)
  }
  expect(perPart[MOST_BUNDLE_PARTS]).toBeLessThan(1.2 * (perPart[20] ?? 0))
}, 300_000)

test('what a change of plan and an end cost is the same in the second month and in the third year', async () => {
  const { stripe } = shop.deps
  const seen: Record<number, Record<string, number>> = {}
  for (const last of [2, 36]) {
    await startOver(shop)
    await shop.buy({ lookupKey: 'box-of-5' })
    const [subscription] = (await stripe.subscriptions.list()).data
    const id = subscription?.id ?? ''
    const told = new Set<string>()
    for (let month = 2; month <= last; month += 1) await monthOf(id)
    await costOfNews(told)
    await shop.emulator.control.advance(5 * 86_400)
    const { items } = await stripe.subscriptions.retrieve(id)
    const twice = [{ id: items.data[0]?.id ?? '', quantity: 2 }]
    await stripe.subscriptions.update(id, { items: twice, proration_behavior: 'always_invoice' })
    const change = await costOfNews(told)
    await shop.emulator.control.advance(5 * 86_400)
    await stripe.subscriptions.cancel(id)
    seen[last] = { ...change, ...(await costOfNews(told)) }
  }
  expect(Object.keys(seen[2] ?? {})).toEqual(expect.arrayContaining(['invoice.paid', 'customer.subscription.deleted']))
  for (const [type, rows] of Object.entries(seen[36] ?? {})) expect(rows, type).toBeLessThan(1.2 * (seen[2]?.[type] ?? 0) + 10)
}, 300_000)
