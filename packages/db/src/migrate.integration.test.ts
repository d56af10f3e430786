import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assertSchemaCurrent, isUsable, migrate, openDatabase, RELEASE, schemaStatus, waitForSchema } from './index.ts'
import { migrations } from './migrations.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

test('two migrations at once: one works, the other finds nothing to do', async () => {
  for (const table of ['audit_log', 'outbox']) await sql`DROP TABLE ${sql.table(table)}`.execute(database.db)
  await sql`DELETE FROM schema_migrations WHERE name IN ('0009_outbox', '0010_audit_log')`.execute(database.db)
  const [left, right] = [openDatabase(database.options), openDatabase(database.options)]
  const applied = await Promise.all([migrate(left.db), migrate(right.db)])
  expect(applied.map((names) => names.length).sort()).toEqual([0, 2])
  await Promise.all([left.close(), right.close()])
})

test('a migration that stopped half-way is finished by the next run', async () => {
  await sql`DELETE FROM schema_migrations WHERE name = '0010_audit_log'`.execute(database.db)
  await expect(assertSchemaCurrent(database.db)).rejects.toThrow('licenseoperator db migrate')
  expect(await migrate(database.db)).toEqual(['0010_audit_log'])
  await assertSchemaCurrent(database.db)
})

/** As a newer release records what it applied. */
async function applied(name: string, oldestRelease: string | null): Promise<void> {
  await sql`INSERT INTO schema_migrations (name, applied_at, oldest_release)
    VALUES (${name}, UTC_TIMESTAMP(3), ${oldestRelease})`.execute(database.db)
}

test('a schema that a newer release has added to is used as long as it supports this one', async () => {
  await applied('9997_adds', null)
  await applied('9998_needs_us', RELEASE)
  await assertSchemaCurrent(database.db)
  const status = await schemaStatus(database.db)
  expect(status).toEqual({
    applied: [...migrations.map((migration) => migration.name), '9997_adds', '9998_needs_us'],
    pending: [],
    unknown: ['9997_adds', '9998_needs_us'],
    oldestRelease: RELEASE,
  })
  expect(isUsable(status)).toBe(true)
  expect(await migrate(database.db)).toEqual([])
})

test('a schema that has left this release behind is refused in one line, whatever else was applied', async () => {
  await applied('9997_takes_away', '9.10.0')
  await applied('9998_takes_away', '9.9.0')
  await applied('9999_adds', null)
  const refused = { code: 'temporarily_unavailable', message: expect.stringMatching(/needs release 9\.10\.0 or newer.*upgrade/) }
  await expect(assertSchemaCurrent(database.db)).rejects.toMatchObject(refused)
  await expect(migrate(database.db)).rejects.toMatchObject(refused)
  expect(isUsable(await schemaStatus(database.db))).toBe(false)
  await expect(waitForSchema(database.db, database.options, Date.now() + 60_000)).rejects.toMatchObject(refused)
})

test('what a migration declares is recorded with it, and the oldest release that counts is the newest of them', async () => {
  const newer = [
    ...migrations,
    { name: '9997_expand', sql: 'ALTER TABLE trials ADD COLUMN later INT NULL' },
    { name: '9998_contract', sql: 'ALTER TABLE trials DROP COLUMN later', oldestRelease: '9.9.0' },
  ]
  expect(await migrate(database.db, newer)).toEqual(['9997_expand', '9998_contract'])
  expect((await schemaStatus(database.db)).oldestRelease).toBe('9.9.0')
  await expect(assertSchemaCurrent(database.db)).rejects.toThrow('needs release 9.9.0 or newer')
})

test('the record of a release that knew no oldest release is read, and completed by the next migration, however often it runs', async () => {
  await sql`ALTER TABLE schema_migrations DROP COLUMN oldest_release`.execute(database.db)
  await assertSchemaCurrent(database.db)
  expect(await migrate(database.db)).toEqual([])
  expect(await migrate(database.db)).toEqual([])
  await applied('9999_takes_away', '9.9.0')
  await expect(assertSchemaCurrent(database.db)).rejects.toThrow('upgrade the program')
  // What releases before the column say to the table.
  await sql`INSERT INTO schema_migrations (name, applied_at) VALUES ('9996_older', UTC_TIMESTAMP(3))`.execute(database.db)
  expect((await sql`SELECT name FROM schema_migrations`.execute(database.db)).rows).toHaveLength(migrations.length + 2)
})
