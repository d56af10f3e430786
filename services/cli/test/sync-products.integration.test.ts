import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type MeddlingProxy, moments, openMeddlingProxy } from './a-meddling-proxy.ts'
import { run } from './a-terminal.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const SEED = Number(process.env.SYNC_SEED ?? Date.now() % 1_000_000)

let database: TestDatabase
let emulator: Emulator
let proxy: MeddlingProxy

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator()])
  proxy = await openMeddlingProxy(() => emulator.url)
})
afterAll(async () => {
  await proxy.close()
  await Promise.all([database.drop(), emulator.stop()])
})
beforeEach(startOver)

const core = { slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 19_900, billing_interval: 'year' }
const save = { code: 'SAVE10', behavior: 'stripe_promotion', stripe: { percent_off: 10, duration: 'once' } }
const pro = { slug: 'pro', name: 'Pro', plan: 'pro', type: 'one_off', product_key: 'pro', unit_amount: 50_000 }
const gone = { ...pro, slug: 'gone', name: 'Gone', unit_amount: 100, coupons: [{ ...save, code: 'GONE' }] }
const team = { ...core, slug: 'team', name: 'Team', unit_amount: 990, billing_interval: 'month', metadata: { tier: 'a' } }
const teamCoupons = [
  { code: 'TEAM5', behavior: 'stripe_promotion', stripe: { amount_off: 500, currency: 'usd', duration: 'forever' } },
  { code: 'TEAM1', behavior: 'stripe_promotion', stripe: { percent_off: 1, max_redemptions: 7 } },
]
const before = [{ ...core, coupons: [save] }, pro, gone]
/** Another name, price, lookup key and discount, one product less, one more. */
const after = [
  { ...core, name: 'Core 2', unit_amount: 25_000, coupons: [{ ...save, stripe: { percent_off: 20, duration: 'once' } }] },
  { ...pro, lookup_key: 'pro-2' },
  { ...team, coupons: teamCoupons },
]

describe('the same end, whatever happens on the way', () => {
  test.each([
    ['an empty account', []],
    ['an account with an older catalog', before],
  ])(
    'killed at ten random points from %s and run again, and once more',
    async (_from, stored) => {
      await prepare(stored)
      proxy.meddle(undefined)
      expect(await sync(after)).toMatchObject({ code: 0 })
      const requests = proxy.seen()
      const undisturbed = await atStripe()
      const random = randomFrom(SEED)
      for (let round = 0; round < 10; round += 1) {
        const request = 1 + Math.floor(random() * requests)
        const moment = moments[Math.floor(random() * moments.length)] ?? moments[0]
        const where = `seed ${SEED}: killed at request ${request} of ${requests}, ${moment}`
        await startOver()
        await prepare(stored)
        const child = start(after)
        proxy.meddle({ request, moment, act: () => child.kill('SIGKILL') })
        await once(child, 'exit')
        expect(child.signalCode, where).toBe('SIGKILL')
        proxy.meddle(undefined)
        await leaseRunsOut()
        expect(await sync(after), where).toMatchObject({ code: 0, notes: [] })
        expect(await atStripe(), where).toEqual(undisturbed)
        await expectRememberedIds(where)
        expect(await sync(after), where).toMatchObject({ code: 0, changes: 0 })
      }
    },
    180_000,
  )

  test('requests that never arrive, until it gives up, then run again; answers that are lost, which the next try gets', async () => {
    await prepare(before)
    await sync(after)
    const undisturbed = await atStripe()
    for (const route of ['POST /v1/products*', 'POST /v1/prices*', 'POST /v1/coupons', 'POST /v1/promotion_codes*', 'GET *']) {
      for (const [fault, code] of [
        [{ cut: 'before', count: 6 } as const, 1],
        [{ cut: 'after', count: 2 } as const, 0],
      ] as const) {
        await startOver()
        await prepare(before)
        await emulator.control.fault({ route, ...fault })
        expect((await sync(after)).code, `${route} ${fault.cut}`).toBe(code)
        await emulator.control.clearFaults()
        expect(await sync(after), `${route} ${fault.cut}`).toMatchObject({ code: 0, notes: [] })
        expect(await atStripe(), `${route} ${fault.cut}`).toEqual(undisturbed)
      }
    }
  }, 180_000)

  test('two at once: one works, the other waits and finds nothing to do', async () => {
    await prepare(before)
    await sync(after)
    const undisturbed = await atStripe()
    await startOver()
    await prepare(before)
    const both = [start(after, '--json'), start(after, '--json')].map(async (child) => {
      let out = ''
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        out += chunk
      })
      await once(child, 'close')
      return Report.parse(JSON.parse(out))
    })
    const changes = (await Promise.all(both)).map((report) => report.stripeChanges)
    expect(changes.filter((count) => count === 0)).toHaveLength(1)
    expect(await atStripe()).toEqual(undisturbed)
  })

  test('rate limits are waited out', async () => {
    await emulator.control.fault({ route: '*', status: 429, count: 4 })
    await emulator.control.fault({ route: 'POST *', status: 429, count: 4 })
    expect(await sync(after)).toMatchObject({ code: 0, notes: [] })
    expect(await emulator.control.pendingFaults()).toEqual([])
  })
})

describe('what it says', () => {
  test('the second run does nothing and says so', async () => {
    const first = await run(['stripe', 'sync-products'], envOf(after))
    expect(first.out.at(-1)).toBe('done: 3 products are in step')
    expect(first.notes).toContainEqual(expect.stringMatching(/^team: promotion code created promo_\w+ \(TEAM5\)$/))
    const writes = await countWrites()
    const second = await run(['stripe', 'sync-products'], envOf(after))
    expect({ code: second.code, last: second.out.at(-1), notes: second.notes }).toEqual({
      code: 0,
      last: 'nothing to do: 3 products are in step',
      notes: [],
    })
    expect(await countWrites()).toBe(writes)
  })

  test('a dry run prints the plan and writes nothing, here or there', async () => {
    await prepare(before)
    const [theirs, ours, writes] = [await atStripe(), await stored(), await countWrites()]
    const { code, out, notes } = await run(['stripe', 'sync-products', '--dry-run'], envOf(after))
    expect({ code, last: out.at(-1) }).toEqual({ code: 0, last: 'dry run: nothing was written' })
    expect(out.join('\n')).toMatch(/created +team\nupdated +core, pro\ndeactivated +gone/)
    for (const planned of [
      /^gone: would archive product prod_/,
      /^gone: would switch promotion code off promo_/,
      /^core: would update product prod_\w+ \(name\)$/,
      /^core: would create price \(.*takes lookup key core over from price_\w+\)$/,
      /^core: would archive price price_/,
      /^core: would switch promotion code off promo_/,
      /^pro: would transfer lookup key to price price_\w+ \(pro-2\)$/,
      /^team: would create product$/,
      /^team: would create coupon \(TEAM5\)$/,
    ])
      expect(notes).toContainEqual(expect.stringMatching(planned))
    expect([await atStripe(), await stored(), await countWrites()]).toEqual([theirs, ours, writes])
    const { actions: planned } = await report('--dry-run')
    const { actions: done } = await report()
    expect(planned.map(({ slug, action }) => `${slug} ${action}`)).toEqual(done.map(({ slug, action }) => `${slug} ${action}`))
  })

  test('what Stripe refuses is named, the rest is synced, exit code 1', async () => {
    // Fifty are allowed, and ours is the one too many.
    const tooMuch = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, 'value']))
    const bad = { ...pro, metadata: tooMuch }
    const { code, notes } = await run(['stripe', 'sync-products'], envOf([bad, team]))
    expect(code).toBe(1)
    expect(notes).toContainEqual(expect.stringMatching(/^pro: not in step, Stripe refused it: \w+ \(metadata/))
    expect((await atStripe()).prices.map((price) => price.lookupKey)).toEqual(['team'])
  })

  test('a progress bar where somebody watches', async () => {
    const watched: string[] = []
    await run(['stripe', 'sync-products', '--json'], envOf(after), (line) => watched.push(line))
    expect(watched.at(-2)).toMatch(/^\[#{30}\] 100 %, 3 of 3$/)
    expect(watched.at(-1)).toBe('')
  })
})

describe('adoption', () => {
  test('a product with our metadata and no price yet, behind a page of others', async () => {
    const { id } = await post('products', 'name=Old&metadata[licenseoperator_slug]=core')
    for (let index = 0; index < 101; index += 1) await post('products', `name=Other ${index}`)
    const { actions } = await report('', [core])
    expect(actions).toContainEqual(expect.objectContaining({ action: 'product_adopted', id }))
    expect(actions.map(({ action }) => action)).toEqual(['product_adopted', 'product_updated', 'price_created'])
  })

  test('a product by the lookup key of its price, a coupon and a promotion code by code and terms', async () => {
    const product = await post('products', 'name=Core')
    const price = await post(
      'prices',
      `product=${product.id}&currency=usd&unit_amount=19900&recurring[interval]=year&lookup_key=core`,
    )
    const coupon = await post('coupons', 'percent_off=10&duration=once')
    const code = await post('promotion_codes', `promotion[type]=coupon&promotion[coupon]=${coupon.id}&code=save10`)
    const { actions } = await report('', [{ ...core, coupons: [save] }])
    expect(actions).toMatchObject([
      { action: 'product_adopted', id: product.id },
      { action: 'product_updated', detail: 'metadata' },
      { action: 'price_adopted', id: price.id },
      { action: 'promotion_adopted', id: code.id },
    ])
    expect((await report('', [{ ...core, coupons: [save] }])).stripeChanges).toBe(0)
  })

  test('a price with our lookup key and another amount gives the key away and is archived, also as a default price', async () => {
    const product = await post('products', 'name=Core&default_price_data[currency]=usd&default_price_data[unit_amount]=1')
    const { default_price: price } = await get(`products/${product.id}`)
    await post(`prices/${price}`, 'lookup_key=core')
    await report('', [core])
    expect(await get(`prices/${price}`)).toMatchObject({ active: false, lookup_key: null })
    const current = (await atStripe()).prices.find((one) => one.lookupKey === 'core')
    expect(current).toMatchObject({ active: true, amount: 19_900 })
    expect((await get(`products/${product.id}`)).default_price).not.toBe(price)
  })

  test('what was lost here is found there again: nothing is made twice', async () => {
    await prepare(after)
    const theirs = await atStripe()
    await forgetIds()
    const { actions } = await report()
    expect(new Set(actions.map(({ action }) => action))).toEqual(
      new Set(['product_adopted', 'price_adopted', 'promotion_adopted']),
    )
    expect(await atStripe()).toEqual(theirs)
  })

  test('what was deleted at Stripe within a day is made anew, not answered from an idempotency key', async () => {
    await prepare([core])
    await emulator.control.reset()
    const { actions } = await report('', [core])
    expect(actions.map(({ action }) => action)).toEqual(['product_created', 'price_created'])
    expect((await report('', [core])).stripeChanges).toBe(0)
  })

  test('a code that stands for other terms of somebody else is not touched', async () => {
    const coupon = await post('coupons', 'percent_off=50&duration=once')
    const { id } = await post('promotion_codes', `promotion[type]=coupon&promotion[coupon]=${coupon.id}&code=SAVE10`)
    const { code, out } = await run(['stripe', 'sync-products', '--json'], envOf([{ ...core, coupons: [save] }]))
    expect(code).toBe(1)
    expect(JSON.parse(out.join('')).refused).toMatchObject([{ slug: 'core', reason: expect.stringContaining(id) }])
    expect(await get(`promotion_codes/${id}`)).toMatchObject({ active: true })
  })
})

describe('changes', () => {
  test('a product that comes back is offered again, with its promotion codes, under the same ids', async () => {
    await prepare([gone])
    const theirs = await atStripe()
    await prepare([core])
    expect((await atStripe()).products).toMatchObject([{ slug: 'core' }, { slug: 'gone', active: false }])
    expect((await atStripe()).codes).toMatchObject([{ code: 'GONE', active: false }])
    const { actions } = await report('', [gone])
    expect(actions.map(({ action }) => action)).toEqual(['product_archived', 'product_updated', 'promotion_activated'])
    expect((await atStripe()).codes).toMatchObject(theirs.codes.map(({ code }) => ({ code, active: true })))
  })

  test('two products that exchange their lookup keys', async () => {
    await prepare([
      { ...core, lookup_key: 'a' },
      { ...team, lookup_key: 'b' },
    ])
    // The stored catalog knows a key once: an exchange goes by way of a third.
    await prepare([
      { ...core, lookup_key: 'c' },
      { ...team, lookup_key: 'a' },
    ])
    const { actions } = await report('', [
      { ...core, lookup_key: 'b' },
      { ...team, lookup_key: 'a' },
    ])
    expect(actions.map(({ action }) => action)).toEqual(['lookup_key_transferred'])
    expect((await atStripe()).prices).toMatchObject([
      { lookupKey: 'a', slug: 'team', active: true },
      { lookupKey: 'b', slug: 'core', active: true },
    ])
  })

  test('a price that the file names and whose amount is another is replaced once, not with every run', async () => {
    const product = await post('products', 'name=Core')
    const price = await post('prices', `product=${product.id}&currency=usd&unit_amount=1`)
    const named = [{ ...core, stripe_product_id: product.id, stripe_price_id: price.id }]
    expect((await report('', named)).actions.map(({ action }) => action)).toEqual([
      'product_updated',
      'price_created',
      'price_archived',
    ])
    expect((await report('', named)).stripeChanges).toBe(0)
  })
})

const Report = z.object({
  stripeChanges: z.number(),
  actions: z.array(z.object({ slug: z.string(), action: z.string(), id: z.string().optional(), detail: z.string().optional() })),
})

function envOf(products: readonly object[]): Record<string, string> {
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
function start(products: readonly object[], ...flags: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, 'stripe', 'sync-products', ...flags], {
    env: { ...envOf(products), PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

async function sync(products: readonly object[]) {
  const { code, out, notes } = await run(['stripe', 'sync-products', '--json'], envOf(products))
  return { code, notes, changes: code === 0 ? Report.parse(JSON.parse(out.join(''))).stripeChanges : undefined }
}

async function report(flag = '', products: readonly object[] = after) {
  const { code, out } = await run(['stripe', 'sync-products', '--json', ...(flag === '' ? [] : [flag])], envOf(products))
  expect(code).toBe(0)
  return Report.parse(JSON.parse(out.join('')))
}

async function prepare(products: readonly object[]): Promise<void> {
  proxy.meddle(undefined)
  expect(await sync(products)).toMatchObject({ code: 0, notes: [] })
}

async function startOver(): Promise<void> {
  await emulator.control.reset()
  for (const table of ['coupons', 'prices', 'products', 'leases']) await sql`DELETE FROM ${sql.table(table)}`.execute(database.db)
}

/** What a killed owner's lease does by itself half a minute later; see the test of `withLease`. */
async function leaseRunsOut(): Promise<void> {
  await sql`UPDATE leases SET expires_at = '2000-01-01'`.execute(database.db)
}

async function forgetIds(): Promise<void> {
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
async function atStripe() {
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

async function stored() {
  const tables = ['products', 'prices', 'coupons', 'audit_log', 'leases']
  return Promise.all(tables.map(async (table) => (await sql`SELECT * FROM ${sql.table(table)}`.execute(database.db)).rows))
}

/** What we sell at is what Stripe has under the lookup key. */
async function expectRememberedIds(where: string): Promise<void> {
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

async function countWrites(): Promise<number> {
  return (await emulator.control.traffic()).filter((request) => request.method === 'POST').length
}

const AnObject = z.looseObject({ id: z.string() })

async function post(path: string, form: string) {
  return call(path, { method: 'POST', body: new URLSearchParams(form) })
}

const get = (path: string) => call(path, {})

async function call(path: string, init: RequestInit) {
  const headers = { authorization: `Bearer ${emulator.apiKey}` }
  return AnObject.parse(await (await fetch(`${emulator.url}/v1/${path}`, { ...init, headers })).json())
}

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
