import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assertSchemaCurrent, migrate, openDatabase, schemaStatus } from './index.ts'
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

test('a schema from a newer release is refused, with its name', async () => {
  await sql`INSERT INTO schema_migrations (name, applied_at) VALUES ('9999_future', UTC_TIMESTAMP(3))`.execute(database.db)
  await expect(assertSchemaCurrent(database.db)).rejects.toThrow('9999_future')
  expect(await schemaStatus(database.db)).toEqual({
    applied: [...migrations.map((migration) => migration.name), '9999_future'],
    pending: [],
    unknown: ['9999_future'],
  })
})
