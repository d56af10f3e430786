import { withLease } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { generateSigningKey } from '@licenseoperator/signing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { unheardPurchase } from './a-purchase.ts'
import { run } from './a-terminal.ts'

let database: TestDatabase
let emulator: Emulator
let env: Record<string, string>

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator()])
  const key = await generateSigningKey({ modulusLength: 2048 })
  const core = { slug: 'core', name: 'Core', type: 'one_off', plan: 'core', product_key: 'core', unit_amount: 21_900 }
  env = {
    LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: key.privateKeyPem }]),
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: emulator.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_unused_here',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    LICENSEOPERATOR_STRIPE_PRODUCTS: JSON.stringify([{ ...core, term_duration_days: 365 }]),
    LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '',
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
  }
  await run(['stripe', 'sync-products'], env)
})
afterAll(async () => {
  await emulator.stop()
  await database.drop()
})
beforeEach(async () => {
  for (const table of ['outbox', 'payments', 'licenses', 'stripe_events', 'reservations'])
    await sql`DELETE FROM ${sql.table(table)}`.execute(database.db)
})

const purchase = () => unheardPurchase(database, emulator)

const rename = (from: string, to: string) =>
  database.db.updateTable('products').set({ slug: to }).where('slug', '=', from).execute()
const counts = async () => {
  const { rows } = await sql<{ licenses: number; announcements: number }>`
    SELECT (SELECT COUNT(*) FROM licenses) AS licenses, (SELECT COUNT(*) FROM outbox) AS announcements`.execute(database.db)
  return rows[0]
}

describe('stripe reconcile', () => {
  test('--dry-run says what is missing and exits 3; the run mends it and exits 0; the next finds nothing', async () => {
    await purchase()
    const planned = await run(['stripe', 'reconcile', '--since', '72h', '--dry-run'], env)
    expect(planned.code).toBe(3)
    expect(planned.out.join('\n')).toMatch(/missing +1\n/)
    expect(planned.out.at(-1)).toBe("the books don't agree")
    expect(await counts()).toEqual({ licenses: 0, announcements: 0 })

    const mended = await run(['stripe', 'reconcile', '--since', '72h'], env)
    expect(mended.code).toBe(0)
    expect(mended.out.join('\n')).toMatch(/repaired +1\n/)
    expect(mended.out.at(-1)).toBe('the books agree')
    expect(await counts()).toEqual({ licenses: 1, announcements: 1 })

    const again = await run(['stripe', 'reconcile', '--since', '72h', '--json'], env)
    expect(again.code).toBe(0)
    expect(JSON.parse(again.out.join(''))).toMatchObject({ agree: true, events: { missing: [] }, purchases: { unserved: [] } })
  })

  test('what was bought just now is left to its webhook where that is asked for', async () => {
    await emulator.control.reset()
    await run(['stripe', 'sync-products'], env)
    await purchase()
    expect((await run(['stripe', 'reconcile', '--since', '1h', '--min-age', '5m'], env)).code).toBe(0)
    expect(await counts()).toEqual({ licenses: 0, announcements: 0 })
    expect((await run(['stripe', 'reconcile', '--since', '1h'], env)).code).toBe(0)
    expect(await counts()).toEqual({ licenses: 1, announcements: 1 })
  })

  test('a run waits for an instance that reconciles; a dry run does not', async () => {
    const argv = ['stripe', 'reconcile', '--since', '1h']
    const { code } = await run([...argv, '--dry-run'], env)
    const started: string[] = []
    let waiting: Promise<unknown> | undefined
    await withLease(database.db, 'reconcile', { waitMs: 0 }, async () => {
      expect((await run([...argv, '--dry-run'], env)).code).toBe(code)
      waiting = run(argv, env).then(() => started.push('ours'))
      started.push('theirs')
    })
    await waiting
    expect(started).toEqual(['theirs', 'ours'])
  })

  test.each(['5', '-1m', 'soon'])('--min-age %s: usage', async (minAge) => {
    expect((await run(['stripe', 'reconcile', '--since', '1h', `--min-age=${minAge}`], env)).code).toBe(2)
  })

  test.each(['soon', '72', '2999-01-01T00:00:00Z'])('--since %s: usage', async (since) => {
    expect((await run(['stripe', 'reconcile', '--since', since], env)).code).toBe(2)
  })
})

describe('events', () => {
  async function parked(): Promise<string> {
    await emulator.control.reset()
    await run(['stripe', 'sync-products'], env)
    await purchase()
    await rename('core', 'lost')
    expect((await run(['stripe', 'reconcile', '--since', '1h'], env)).code).toBe(3)
    const { out } = await run(['events', 'list', '--json'], env)
    return JSON.parse(out.join(''))[0].eventId
  }

  test('a parked event is listed with its reason, and replayed after the fix it issues the license once', async () => {
    const id = await parked()
    try {
      const listed = await run(['events', 'list'], env)
      expect(listed.out.join('\n')).toContain('product core is not in the catalog')
      expect((await run(['events', 'replay', id], env)).code).toBe(3)
    } finally {
      await rename('lost', 'core')
    }
    expect((await run(['events', 'replay', '--status', 'parked'], env)).code).toBe(0)
    expect(await counts()).toEqual({ licenses: 1, announcements: 1 })
    expect((await run(['events', 'replay', id], env)).code).toBe(0)
    expect(await counts()).toEqual({ licenses: 1, announcements: 1 })
    const { out } = await run(['events', 'show', id, '--json'], env)
    expect(JSON.parse(out.join(''))).toMatchObject({ eventId: id, status: 'processed', payloadBytes: expect.any(Number) })
    const audited = await run(['audit', 'list', '--subject', `event:${id}`, '--json'], env)
    expect(JSON.parse(audited.out.join('')).map((entry: { action: string }) => entry.action)).toContain('event.replayed')
  })

  test('a discarded event is out of the list, says why, and can still be replayed', async () => {
    const id = await parked()
    await rename('lost', 'core')
    expect((await run(['events', 'discard', id, '--reason', 'paid back by hand'], env)).code).toBe(0)
    expect(JSON.parse((await run(['events', 'list', '--json'], env)).out.join(''))).toEqual([])
    const { out } = await run(['events', 'show', id, '--payload', '--json'], env)
    const shown = JSON.parse(out.join(''))
    expect(shown).toMatchObject({ status: 'ignored', reason: 'discarded: paid back by hand' })
    expect(JSON.parse(shown.payload)).toMatchObject({ id })
    expect((await run(['events', 'discard', id, '--reason', 'again'], env)).code).toBe(1)
    expect((await run(['events', 'replay', id], env)).code).toBe(0)
    expect(await counts()).toEqual({ licenses: 1, announcements: 1 })
  })

  test.each([
    [['events', 'show', 'evt_none'], 1],
    [['events', 'replay', 'evt_none'], 1],
    [['events', 'replay'], 2],
    [['events', 'replay', 'evt_1', '--status', 'parked'], 2],
    [['events', 'list', '--status', 'lost'], 2],
    [['events', 'discard', 'evt_none', '--reason', 'x'], 1],
    [['events', 'discard', 'evt_none'], 2],
  ])('%j: exit code %i', async (argv, code) => {
    expect((await run(argv, env)).code).toBe(code)
  })
})
