import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { z } from 'zod'
import { type MeddlingProxy, openMeddlingProxy } from './a-meddling-proxy.ts'
import { run } from './a-terminal.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export let database: TestDatabase
export let emulator: Emulator
export let proxy: MeddlingProxy

/** A database and a Stripe of the test file's own, empty before each test. */
export function useCatalogSync(): void {
  beforeAll(async () => {
    ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator()])
    proxy = await openMeddlingProxy(() => emulator.url)
  })
  afterAll(async () => {
    await proxy.close()
    await Promise.all([database.drop(), emulator.stop()])
  })
  beforeEach(startOver)
}

export const core = {
  slug: 'core',
  name: 'Core',
  plan: 'core',
  product_key: 'core',
  unit_amount: 19_900,
  billing_interval: 'year',
}
export const save = { code: 'SAVE10', behavior: 'stripe_promotion', stripe: { percent_off: 10, duration: 'once' } }
export const pro = { slug: 'pro', name: 'Pro', plan: 'pro', type: 'one_off', product_key: 'pro', unit_amount: 50_000 }
export const gone = { ...pro, slug: 'gone', name: 'Gone', unit_amount: 100, coupons: [{ ...save, code: 'GONE' }] }
export const team = { ...core, slug: 'team', name: 'Team', unit_amount: 990, billing_interval: 'month', metadata: { tier: 'a' } }
const teamCoupons = [
  { code: 'TEAM5', behavior: 'stripe_promotion', stripe: { amount_off: 500, currency: 'usd', duration: 'forever' } },
  { code: 'TEAM1', behavior: 'stripe_promotion', stripe: { percent_off: 1, max_redemptions: 7 } },
]
export const before = [{ ...core, coupons: [save] }, pro, gone]
/** Another name, price, lookup key and discount, one product less, one more. */
export const after = [
  { ...core, name: 'Core 2', unit_amount: 25_000, coupons: [{ ...save, stripe: { percent_off: 20, duration: 'once' } }] },
  { ...pro, lookup_key: 'pro-2' },
  { ...team, coupons: teamCoupons },
]

export const Report = z.object({
  stripeChanges: z.number(),
  actions: z.array(z.object({ slug: z.string(), action: z.string(), id: z.string().optional(), detail: z.string().optional() })),
})

export function envOf(products: readonly object[]): Record<string, string> {
  return {
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: proxy.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_none',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    LICENSEOPERATOR_STRIPE_PRODUCTS: JSON.stringify(products),
  }
}

/** The command as an operator runs it. */
export function start(products: readonly object[], ...flags: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, 'stripe', 'sync-products', ...flags], {
    env: { ...envOf(products), PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

export async function sync(products: readonly object[]) {
  const { code, out, notes } = await run(['stripe', 'sync-products', '--json'], envOf(products))
  return { code, notes, changes: code === 0 ? Report.parse(JSON.parse(out.join(''))).stripeChanges : undefined }
}

export async function report(flag = '', products: readonly object[] = after) {
  const { code, out } = await run(['stripe', 'sync-products', '--json', ...(flag === '' ? [] : [flag])], envOf(products))
  expect(code).toBe(0)
  return Report.parse(JSON.parse(out.join('')))
}

export async function prepare(products: readonly object[]): Promise<void> {
  proxy.meddle(undefined)
  expect(await sync(products)).toMatchObject({ code: 0, notes: [] })
}

export async function startOver(): Promise<void> {
  await emulator.control.reset()
  for (const table of ['coupons', 'prices', 'products', 'leases']) await sql`DELETE FROM ${sql.table(table)}`.execute(database.db)
}

/** What a killed owner's lease does by itself half a minute later; see the test of `withLease`. */
export async function leaseRunsOut(): Promise<void> {
  await sql`UPDATE leases SET expires_at = '2000-01-01'`.execute(database.db)
}

export async function forgetIds(): Promise<void> {
  await sql`UPDATE products SET stripe_product_id = NULL, stripe_price_id = NULL`.execute(database.db)
  await sql`UPDATE coupons SET stripe_promotion = JSON_REMOVE(stripe_promotion, '$.promotionId', '$.couponId')`.execute(
    database.db,
  )
}

const Objects = z.object({
  products: z.array(
    z.object({ id: z.string(), name: z.string(), active: z.boolean(), metadata: z.record(z.string(), z.string()) }),
  ),
  prices: z.array(
    z.object({
      id: z.string(),
      product: z.string(),
      active: z.boolean(),
      currency: z.string(),
      unit_amount: z.number(),
      lookup_key: z.string().nullable(),
      recurring: z.object({ interval: z.string() }).nullable(),
    }),
  ),
  coupons: z.array(z.object({ id: z.string(), percent_off: z.number().nullable(), amount_off: z.number().nullable() })),
  promotion_codes: z.array(
    z.object({
      code: z.string(),
      active: z.boolean(),
      max_redemptions: z.number().nullable(),
      promotion: z.object({ coupon: z.string() }),
    }),
  ),
})

/** The whole catalog at Stripe, archived things as well, without ids. */
export async function atStripe() {
  const all = Objects.parse(await emulator.control.state())
  const slugOf = (id: string) => all.products.find((one) => one.id === id)?.metadata.licenseoperator_slug
  const couponOf = (id: string) => all.coupons.find((one) => one.id === id)
  return {
    products: sorted(all.products.map(({ id, name, active, metadata }) => ({ slug: slugOf(id), name, active, metadata }))),
    prices: sorted(
      all.prices.map((one) => ({
        lookupKey: one.lookup_key,
        active: one.active,
        slug: slugOf(one.product),
        currency: one.currency,
        amount: one.unit_amount,
        interval: one.recurring?.interval,
      })),
    ),
    coupons: sorted(all.coupons.map(({ percent_off, amount_off }) => ({ percent_off, amount_off }))),
    codes: sorted(
      all.promotion_codes.map(({ code, active, max_redemptions, promotion }) => {
        const { percent_off, amount_off } = couponOf(promotion.coupon) ?? {}
        return { code, active, max_redemptions, percent_off, amount_off }
      }),
    ),
  }
}

function sorted<T>(items: T[]): T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

export async function stored() {
  const tables = ['products', 'prices', 'coupons', 'audit_log', 'leases']
  return Promise.all(tables.map(async (table) => (await sql`SELECT * FROM ${sql.table(table)}`.execute(database.db)).rows))
}

/** What we sell at is what Stripe has under the lookup key. */
export async function expectRememberedIds(where: string): Promise<void> {
  const { prices } = Objects.parse(await emulator.control.state())
  const rows = await database.db
    .selectFrom('products')
    .select(['lookup_key', 'slug', 'stripe_price_id', 'stripe_product_id'])
    .where('active', '=', 1)
    .execute()
  for (const row of rows) {
    const price = prices.find((one) => one.lookup_key === (row.lookup_key ?? row.slug))
    expect([row.stripe_price_id, row.stripe_product_id, price?.active], where).toEqual([price?.id, price?.product, true])
  }
}

export async function countWrites(): Promise<number> {
  return (await emulator.control.traffic()).filter((request) => request.method === 'POST').length
}

const AnObject = z.looseObject({ id: z.string() })

export async function post(path: string, form: string) {
  return call(path, { method: 'POST', body: new URLSearchParams(form) })
}

export const get = (path: string) => call(path, {})

export async function call(path: string, init: RequestInit) {
  const headers = { authorization: `Bearer ${emulator.apiKey}` }
  return AnObject.parse(await (await fetch(`${emulator.url}/v1/${path}`, { ...init, headers })).json())
}
