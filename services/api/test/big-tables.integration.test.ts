import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Db, licenses, openDatabase, payments } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { type Compilable, CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aSysadmin } from './an-api.ts'
import { startApiProcess, stopAllApis } from './an-api-process.ts'

const ROWS = 1_000_000
const EXPORT = '/authlance/license/payments/api/v1/reports/payments/export'
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  const seeding = openDatabase({ ...database.options, maxConnections: 1, holdMs: 300_000 })
  await seeding.db.connection().execute(async (db) => {
    await sql`SET SESSION sql_log_bin = 0, unique_checks = 0, foreign_key_checks = 0`.execute(db)
    await sql`CREATE TABLE digits (d INT PRIMARY KEY)`.execute(db)
    await sql`INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)`.execute(db)
    const numbers = sql`(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d AS n
      FROM digits g JOIN digits f JOIN digits e JOIN digits c JOIN digits b JOIN digits a ORDER BY n) AS numbers`
    // Groups of very different sizes: one has a third of everything, the others have a few.
    const group = sql`IF(n % 3 = 0, 'acme', CONCAT('group-', n % 20000))`
    const at = sql`TIMESTAMPADD(SECOND, n * 60, '2024-01-01')`
    await withoutIndexes(db, 'payments', () =>
      sql`INSERT INTO payments (payment_key, issuance_key, paid_at, captured_at, group_key, group_name, customer_name, customer_email, currency,
          amount_subtotal_minor, amount_tax_minor, amount_total_minor, stripe_product_id, stripe_invoice_id, stripe_customer_id, created_at)
        SELECT CONCAT('invoice:in_', LPAD(n, 7, '0')), CONCAT('k:', n), ${at}, ${at}, ${group}, ${group}, CONCAT('Ada Number', n), 'ada@acme.test',
          'usd', 100, 19, 119, CONCAT('prod_', n % 7), CONCAT('in_', n), CONCAT('cus_', n % 20000), '2026-01-01' FROM ${numbers}`.execute(
        db,
      ),
    )
    await withoutIndexes(db, 'licenses', () =>
      sql`INSERT INTO licenses (license_id, issuance_key, group_key, group_name, email, product_key, plan, kind, price_locked, issued_at, expires_at,
          key_id, license_text, updated_at)
        SELECT CONCAT('L-', LPAD(n, 7, '0')), CONCAT('k:', n), ${group}, ${group}, 'a@b.test', 'core', ELT(1 + n % 4, 'core', 'pro', 'trial', 'team'),
          'manual', 0, ${at}, '2030-01-01', 'none', 'text', '2026-01-01' FROM ${numbers}`.execute(db),
    )
    await sql`ANALYZE TABLE payments, licenses`.execute(db)
  })
  await seeding.close()
}, 300_000)
afterAll(async () => {
  stopAllApis()
  await database.drop()
})

/** Fills a table first and builds its indexes then, which takes seconds instead of minutes. They come back exactly as they were. */
async function withoutIndexes(db: Db, table: string, fill: () => Promise<unknown>): Promise<void> {
  const { rows } = await sql<{ 'Create Table': string }>`SHOW CREATE TABLE ${sql.table(table)}`.execute(db)
  const definition = rows[0]?.['Create Table'] ?? ''
  // A foreign key needs the index of its own name.
  const keys = [...definition.matchAll(/^ {2}((?:UNIQUE )?KEY `(\w+)`.*?),?$/gm)].filter(
    ([, , name]) => !definition.includes(`CONSTRAINT \`${name}\``),
  )
  const change = (changes: string[]) => sql.raw(`ALTER TABLE ${table} ${changes.join(', ')}`).execute(db)
  await change(keys.map(([, , name]) => `DROP KEY ${name}`))
  await fill()
  await change(keys.map(([, key]) => `ADD ${key}`))
}

interface PlanLine {
  readonly table: string
  readonly type: string
  readonly key: string | null
  readonly Extra: string | null
}

async function planOf(query: Compilable): Promise<PlanLine[]> {
  const compiled = query.compile()
  const explained = CompiledQuery.raw(`EXPLAIN FORMAT=TRADITIONAL ${compiled.sql}`, [...compiled.parameters])
  return (await database.db.executeQuery<PlanLine>(explained)).rows
}

async function expectIndexed(query: Compilable): Promise<PlanLine[]> {
  const plan = await planOf(query)
  for (const { key, Extra } of plan) {
    expect({ key, Extra }).toMatchObject({ key: expect.any(String) })
    expect(Extra ?? '').not.toMatch(/filesort|temporary/i)
  }
  return plan
}

/** Nothing but the index is read: a row that a filter or an offset skips would cost a look into the table each, which adds up to seconds. */
async function expectCovered(query: Compilable): Promise<void> {
  for (const { key, Extra } of await expectIndexed(query))
    expect({ key, Extra }).toMatchObject({ Extra: expect.stringMatching(/Using index(?! condition)/) })
}

describe('every query of the lists runs on an index, without sorting', () => {
  const [from, to] = [new Date('2024-06-01'), new Date('2024-06-30')]
  const page = { limit: 50, offset: 100 }
  test.each<[string, payments.PaymentFilter]>([
    ['everything', {}],
    ['a time', { from, to }],
    ['since', { from }],
    ['until', { to }],
    ['the largest group', { group: 'acme' }],
    ['a small group', { group: 'group-17' }],
    ['a group in a time', { group: 'acme', from, to }],
    ['a product', { stripeProductId: 'prod_3' }],
    ['a product in a time', { stripeProductId: 'prod_3', from, to }],
    ['a product of a group', { stripeProductId: 'prod_3', group: 'acme' }],
    ['a product of a small group in a time', { stripeProductId: 'prod_3', group: 'group-17', from, to }],
    ['a name', { name: 'number77' }],
    ['a name in a group in a time', { name: 'number77', group: 'acme', from, to }],
  ])('payments: %s', async (_what, filter) => {
    const after = { paidAt: new Date('2024-06-15'), paymentKey: 'invoice:in_9' }
    await expectCovered(payments.pageQuery(database.db, filter, page))
    await expectCovered(payments.countQuery(database.db, filter))
    await expectCovered(payments.walkQuery(database.db, filter, undefined, 1000))
    await expectCovered(payments.walkQuery(database.db, filter, after, 1000))
  })

  test('payments: those of a page, by their keys', async () => {
    const plan = await planOf(payments.rowsQuery(database.db, payments.pageQuery(database.db, { name: 'number77' }, page)))
    expect(plan).toMatchObject([
      { table: '<derived2>' },
      { table: 'payments', type: 'eq_ref', key: 'PRIMARY' },
      { table: 'payments', Extra: expect.stringContaining('Using index') },
    ])
    for (const { Extra } of plan) expect(Extra ?? '').not.toMatch(/filesort|temporary/i)
  })

  test.each([
    ['the largest group', { group: 'acme' }],
    ['a small group', { group: 'group-17' }],
    ['one plan of the largest group', { group: 'acme', plan: 'pro' }],
    ['one plan of a small group', { group: 'group-17', plan: 'pro' }],
  ])('licenses: %s', async (_what, query) => {
    await expectIndexed(licenses.groupPageQuery(database.db, { ...query, ...page }))
    await expectIndexed(licenses.groupCountQuery(database.db, query))
  })
})

describe('an export of a million payments over HTTP', () => {
  test('memory grows by less than 64 MiB, the first byte comes at once, every row is there', async () => {
    const api = await startApiProcess(database.dsn)
    // What the first request of a process costs (code, pools) is no cost of the export.
    await readAll(await ask(`${api.url}${EXPORT}?to=2024-01-02`))
    const before = api.residentMiB()
    const askedAt = performance.now()
    const answer = await ask(`${api.url}${EXPORT}`)
    await once(answer, 'readable')
    const firstByteMs = performance.now() - askedAt
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, api.residentMiB())), 50)
    const lines = await readAll(answer)
    clearInterval(watch)
    const seconds = (performance.now() - askedAt) / 1000
    process.stdout.write(
      `export of ${ROWS} payments: ${seconds.toFixed(1)} s, first byte after ${firstByteMs.toFixed(0)} ms, memory +${(peak - before).toFixed(0)} MiB\n`,
    )
    expect(lines).toBe(ROWS + 1)
    expect(answer.complete).toBe(true)
    expect(peak - before).toBeLessThan(64)
    // The one bound on time that is a promise: a browser shows the download at once.
    expect(firstByteMs).toBeLessThan(500)
    await api.stop()
  }, 180_000)

  test('a client that goes away stops the queries', async () => {
    const api = await startApiProcess(database.dsn)
    const before = await rowsRead()
    const answer = await ask(`${api.url}${EXPORT}`)
    await once(answer, 'readable')
    answer.read()
    answer.destroy()
    await untilQuiet()
    // A walk that went on would have read all of them by the time it is quiet.
    expect((await rowsRead()) - before).toBeLessThan(ROWS / 2)
    await api.stop()
  }, 60_000)
})

/** Rows that MySQL has read so far, for whomever. */
async function rowsRead(): Promise<number> {
  const { rows } = await sql<{ Value: string }>`SHOW GLOBAL STATUS LIKE 'Innodb_rows_read'`.execute(database.db)
  return Number(rows[0]?.Value)
}

/** Until no connection to this database but ours has run a statement for ten looks in a row. */
async function untilQuiet(): Promise<void> {
  for (let quiet = 0; quiet < 10; ) {
    await sleep(50)
    const { rows } = await sql`SELECT id FROM information_schema.processlist
      WHERE db = DATABASE() AND command <> 'Sleep' AND id <> CONNECTION_ID()`.execute(database.db)
    quiet = rows.length === 0 ? quiet + 1 : 0
  }
}

function ask(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    aSysadmin().then((token) => get(url, { headers: { authorization: token } }, resolve).on('error', reject), reject)
  })
}

/** @returns how many lines came */
async function readAll(answer: IncomingMessage): Promise<number> {
  let lines = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines += 1
  }
  return lines
}
