import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError } from '@licenseoperator/domain'
import { type Kysely, sql } from 'kysely'
import { type Migration, migrations } from './migrations.ts'
import { mysqlErrorFacts } from './mysql-error.ts'
import type { Db, Schema } from './schema.ts'
import { reading } from './transaction.ts'

export interface SchemaStatus {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Applied by a newer release than this one. */
  readonly unknown: readonly string[]
}

const LOCK_WAIT_SECONDS = 30
const LOCK_WAIT_TIMEOUT = 1205
/** ER_DUP_KEYNAME and ER_CANT_DROP_FIELD_OR_KEY. */
const ALREADY: ReadonlySet<number | undefined> = new Set([1060, 1061, 1091])

/**
 * Brings the schema up to date. Safe to start several times at once: a named lock lets one work, the others then find nothing to do.
 * Never drops anything.
 *
 * @param db  a handle whose connections may be held for minutes
 * @returns names of the migrations this call applied, in order
 */
export async function migrate(db: Db): Promise<readonly string[]> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ name: string | null }>`SELECT DATABASE() AS name`.execute(connection)
    // MySQL limits lock names to 64 characters. Kysely's own migrator ignores whether it got its lock, and that lock is server-wide.
    const lock = `lo_migrate_${rows[0]?.name ?? ''}`.slice(0, 64)
    const got = await sql<{ got: number | null }>`SELECT GET_LOCK(${lock}, ${LOCK_WAIT_SECONDS}) AS got`.execute(connection)
    if (got.rows[0]?.got !== 1)
      throw new DomainError('temporarily_unavailable', 'another migration is running', { retryAfterSeconds: LOCK_WAIT_SECONDS })
    try {
      return await applyPending(connection)
    } finally {
      await sql`SELECT RELEASE_LOCK(${lock})`.execute(connection)
    }
  })
}

/** What has been applied, what is missing, and what a newer release has added. */
export async function schemaStatus(db: Kysely<Schema>): Promise<SchemaStatus> {
  const exists =
    await sql`SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'schema_migrations'`.execute(
      db,
    )
  const applied = exists.rows.length === 0 ? [] : await appliedNames(db)
  const known = new Set(migrations.map((migration) => migration.name))
  return {
    applied,
    pending: migrations.map((migration) => migration.name).filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.has(name)),
  }
}

/** @throws DomainError `temporarily_unavailable` with the command to run when the schema is not exactly the one this release knows */
export async function assertSchemaCurrent(db: Db): Promise<void> {
  const { pending, unknown } = await reading(() => schemaStatus(db))
  if (pending.length > 0) {
    throw new DomainError(
      'temporarily_unavailable',
      `the database schema lacks ${pending.length} migrations: run \`licenseoperator db migrate\``,
    )
  }
  if (unknown.length > 0) {
    throw new DomainError(
      'temporarily_unavailable',
      `the database schema is newer than this release (${unknown.join(', ')}): upgrade the program`,
    )
  }
}

async function applyPending(connection: Kysely<Schema>): Promise<readonly string[]> {
  await sql`SET SESSION lock_wait_timeout = 5`.execute(connection)
  await sql`SET SESSION max_execution_time = 0`.execute(connection)
  await sql`CREATE TABLE IF NOT EXISTS schema_migrations (
    name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, applied_at DATETIME(3) NOT NULL
  ) ENGINE=InnoDB`.execute(connection)
  const applied = new Set(await appliedNames(connection))
  const pending = migrations.filter((migration) => !applied.has(migration.name))
  for (const migration of pending) {
    await applyOne(connection, migration)
    await sql`INSERT INTO schema_migrations (name, applied_at) VALUES (${migration.name}, UTC_TIMESTAMP(3))`.execute(connection)
  }
  return pending.map((migration) => migration.name)
}

/** An ALTER that waits behind one open transaction blocks every later reader of the table, so it gives up after 5 s and tries again. */
async function applyOne(connection: Kysely<Schema>, migration: Migration): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sql.raw(migration.sql).execute(connection)
      return
    } catch (error) {
      // The run before this one made or dropped the index, or added the columns, and ended before it could say so.
      if (ALREADY.has(mysqlErrorFacts(error).errno)) return
      if (mysqlErrorFacts(error).errno !== LOCK_WAIT_TIMEOUT || attempt === 5) throw error
      await sleep(1000)
    }
  }
}

async function appliedNames(db: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM schema_migrations ORDER BY name`.execute(db)
  return rows.map((row) => row.name)
}
