import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '@licenseoperator/db'
import { accountOf } from '@licenseoperator/db/testing'
import {
  API,
  download,
  type Environment,
  freePort,
  INGEST,
  payOnHostedPage,
  type RunningProcess,
  runProcess,
  startCheckout,
  startEnvironment,
  waitUntilReady,
} from '@licenseoperator/demo'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBooks, untilBooks } from './books.ts'

// This release as the one before: what a later release may do to the schema is done to it, and its processes run on that.

let environment: Environment
const processes: RunningProcess[] = []

beforeAll(async () => {
  environment = await startEnvironment(() => undefined, { ingest: false })
}, 240_000)

afterAll(async () => {
  await Promise.all(processes.map((running) => running.stop()))
  await environment.stop()
})

/** Runs statements as a later release's `db migrate` does, and records them. */
async function migrateAsLater(name: string, oldestRelease: string | null, statementsOf: (tables: string[]) => string[]) {
  const database = openDatabase({ ...accountOf(environment.stack.mysqlDsn), holdMs: 60_000 })
  try {
    const { rows } = await sql<{ name: string }>`SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name != 'schema_migrations'`.execute(database.db)
    for (const statement of statementsOf(rows.map((row) => row.name))) await sql.raw(statement).execute(database.db)
    await sql`INSERT INTO schema_migrations (name, applied_at, oldest_release)
      VALUES (${name}, UTC_TIMESTAMP(3), ${oldestRelease})`.execute(database.db)
    return rows.length
  } finally {
    await database.close()
  }
}

/** Everything that a later release may add while this one runs. Columns stand first, so that nothing that counts positions goes on working. */
const expand = (tables: string[]) => [
  ...tables.flatMap((table) => [
    `ALTER TABLE ${table} ADD COLUMN later_note VARCHAR(64) NULL FIRST`,
    `ALTER TABLE ${table} ADD COLUMN later_state INT NOT NULL DEFAULT 7 FIRST`,
    `CREATE INDEX ${table}_later ON ${table} (later_state, later_note)`,
  ]),
  'CREATE TABLE later (id INT NOT NULL PRIMARY KEY)',
]

async function startProcess(name: string, script: string, variables: Readonly<Record<string, string>>) {
  const logFile = join(environment.folder, `${name}.log`)
  const { running, child } = runProcess({ name, script, args: [], env: { ...environment.env, ...variables }, logFile })
  processes.push(running)
  return { running, child, logFile }
}

async function startApi(name: string) {
  const port = await freePort()
  return {
    url: `http://127.0.0.1:${port}`,
    ...(await startProcess(name, API, { LICENSEOPERATOR_SERVER_ADDR: `127.0.0.1:${port}` })),
  }
}

async function buyAt(apiUrl: string): Promise<void> {
  const before = await readBooks(environment)
  for (const order of [{ lookupKey: 'core-one-off' }, { lookupKey: 'core', managedProducts: 5 }])
    await payOnHostedPage((await startCheckout({ ...environment, apiUrl }, order)).url)
  const books = await untilBooks(environment, (now) => now.announced.length === before.announced.length + 2)
  expect(books).toMatchObject({ unpublished: 0, unsettled: 0 })
  expect(books.licenses).toHaveLength(before.licenses.length + 2)
  for (const { licenseId } of books.licenses) expect(await download({ ...environment, apiUrl }, licenseId)).toContain('LICENSE')
}

test('api and processor serve a purchase on a schema that a later release has added to, started before it and after it', async () => {
  expect(await migrateAsLater('9001_later', null, expand)).toBeGreaterThan(10)
  processes.push(await environment.startIngest('webhook-ingest', [], {}))
  await buyAt(environment.apiUrl)
  const api = await startApi('api-after')
  await waitUntilReady(api.running, api.child, `${api.url}/readyz`)
  await buyAt(api.url)
})

test('once a migration needs a newer release, api and processor refuse to start, with one line that says so', async () => {
  await migrateAsLater('9002_contract', '99.0.0', () => ['ALTER TABLE later ADD COLUMN taken INT NULL'])
  const api = await startApi('api-left-behind')
  const ingest = await startProcess('ingest-left-behind', INGEST, {
    LICENSEOPERATOR_INGEST_ADDR: `127.0.0.1:${await freePort()}`,
  })
  for (const { child, logFile } of [api, ingest]) {
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(1)
    const said = readFileSync(logFile, 'utf8').trim().split('\n')
    expect(said.filter((line) => line.includes('needs release 99.0.0 or newer'))).toHaveLength(1)
  }
})
