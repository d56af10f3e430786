import { withLease } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { prepareStripe } from '../src/index.ts'
import { aConfig, aLog, RECEIVER_URL } from './a-start.ts'

let database: TestDatabase
let emulator: Emulator

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator()])
})
afterAll(async () => {
  await Promise.all([database.drop(), emulator.stop()])
})
beforeEach(async () => {
  await emulator.control.reset()
  for (const table of ['prices', 'products', 'leases']) await sql`DELETE FROM ${sql.table(table)}`.execute(database.db)
})

const syncing = {
  LICENSEOPERATOR_STRIPE_SYNC_PRODUCTS_ON_STARTUP: 'true',
  LICENSEOPERATOR_STRIPE_PRODUCTS: JSON.stringify([
    { slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 19_900 },
    { slug: 'team', name: 'Team', plan: 'team', product_key: 'core', unit_amount: 9900 },
  ]),
}

async function start(variables: Record<string, string>) {
  const log = aLog()
  await prepareStripe(await aConfig({ database, emulator }, variables), database.db, log)
  return log.said
}
const posts = async () => (await emulator.control.traffic()).filter(({ method }) => method === 'POST').map(({ path }) => path)
const changesOf = (said: Awaited<ReturnType<typeof start>>) =>
  said.find(({ message }) => message === 'catalog sync is done')?.fields.stripeChanges

test('five instances start together: one syncs, the others wait and find nothing to do', async () => {
  const started = await Promise.all(Array.from({ length: 5 }, () => start(syncing)))
  expect(started.map(changesOf).toSorted()).toEqual([0, 0, 0, 0, 4])
  expect((await posts()).toSorted()).toEqual(['/v1/prices', '/v1/prices', '/v1/products', '/v1/products'])
  expect(started.flat().filter(({ message }) => message.startsWith('another instance')).length).toBeGreaterThan(0)
})

test('an instance that is killed while it syncs does not keep the others from starting', async () => {
  // A killed process renews nothing and gives nothing back: what is left of it is this row.
  await sql`INSERT INTO leases (name, owner, expires_at)
    VALUES ('catalog-sync', 'killed', DATE_ADD(UTC_TIMESTAMP(3), INTERVAL 1 SECOND))`.execute(database.db)
  const said = await start(syncing)
  expect(said.map(({ message }) => message)).toContain('another instance is syncing the catalog, waiting for it')
  expect(changesOf(said)).toBe(4)
})

test('the lease is given back, also after a sync that failed', async () => {
  await emulator.control.fault({ route: 'POST /v1/prices', status: 500, count: 10 })
  await expect(start(syncing)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  expect(await withLease(database.db, 'catalog-sync', { waitMs: 0 }, async () => 'mine')).toEqual({ held: true, value: 'mine' })
})

test('a key that Stripe refuses does not keep the receiver from starting, and is named as what it is', async () => {
  const said = await start({ LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_wrongwrongwrong' })
  const reason = expect.stringContaining(`Stripe at ${emulator.url} refuses the key: stripe.api_key is wrong`)
  expect(said).toMatchObject([{ level: 'warn', message: 'webhook endpoint could not be checked', fields: { reason } }])
  expect(JSON.stringify(said)).not.toContain('wrongwrongwrong')
})

test('ensure_webhook, five instances at once: one endpoint, and its secret is in no log', async () => {
  const started = await Promise.all(Array.from({ length: 5 }, () => start({ LICENSEOPERATOR_STRIPE_ENSURE_WEBHOOK: 'true' })))
  expect((await emulator.control.state()).webhook_endpoints).toMatchObject([{ url: RECEIVER_URL, status: 'enabled' }])
  expect(JSON.stringify(started)).not.toContain('whsec_')
})
