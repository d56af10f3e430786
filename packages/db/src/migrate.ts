import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError } from '@licenseoperator/domain'
import { type Kysely, sql } from 'kysely'
import { type Migration, migrations } from './migrations.ts'
import { mysqlErrorFacts } from './mysql-error.ts'
import { compareReleases, RELEASE } from './release.ts'
import type { Db, Schema } from './schema.ts'
import { reading } from './transaction.ts'

export interface SchemaStatus {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Applied by a newer release than this one. */
  readonly unknown: readonly string[]
  /** The oldest release that can run on the schema as it is; absent where nothing that is applied names one. */
  readonly oldestRelease?: string
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
 * @param known  all migrations of a release, this one's unless given
 * @returns names of the migrations this call applied, in order
 * @throws DomainError `temporarily_unavailable` while another one works, or when the schema has left this release behind
 */
export async function migrate(db: Db, known: readonly Migration[] = migrations): Promise<readonly string[]> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ name: string | null }>`SELECT DATABASE() AS name`.execute(connection)
    // MySQL limits lock names to 64 characters. Kysely's own migrator ignores whether it got its lock, and that lock is server-wide.
    const lock = `lo_migrate_${rows[0]?.name ?? ''}`.slice(0, 64)
    const got = await sql<{ got: number | null }>`SELECT GET_LOCK(${lock}, ${LOCK_WAIT_SECONDS}) AS got`.execute(connection)
    if (got.rows[0]?.got !== 1)
      throw new DomainError('temporarily_unavailable', 'another migration is running', { retryAfterSeconds: LOCK_WAIT_SECONDS })
    try {
      return await applyPending(connection, known)
    } finally {
      await sql`SELECT RELEASE_LOCK(${lock})`.execute(connection)
    }
  })
}

/** What has been applied, what is missing, what a newer release has added, and which releases can run on it. */
export async function schemaStatus(db: Kysely<Schema>): Promise<SchemaStatus> {
  const rows = await appliedMigrations(db)
  const applied = rows.map((row) => row.name)
  const known = new Set(migrations.map((migration) => migration.name))
  const [oldestRelease] = rows.flatMap((row) => row.oldest_release ?? []).sort((a, b) => compareReleases(b, a))
  return {
    applied,
    pending: migrations.map((migration) => migration.name).filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.has(name)),
    ...(oldestRelease === undefined ? {} : { oldestRelease }),
  }
}

/** True when this release can run on the schema: it has all that the release knows, and what newer ones added still supports it. */
export function isUsable({ pending, oldestRelease }: SchemaStatus): boolean {
  return pending.length === 0 && supports(oldestRelease)
}

/**
 * A schema that newer releases have added to is used as long as it supports this one, so that releases can be rolled out and back one instance at a time.
 *
 * @throws DomainError `temporarily_unavailable` with what to do when the schema lacks migrations or has left this release behind
 */
export async function assertSchemaCurrent(db: Db): Promise<void> {
  const { pending, oldestRelease } = await reading(() => schemaStatus(db))
  // Said first: migrating does not help a release that is too old.
  assertNotLeftBehind(oldestRelease)
  if (pending.length > 0) {
    throw new DomainError(
      'temporarily_unavailable',
      `the database schema lacks ${pending.length} migrations: run \`licenseoperator db migrate\``,
    )
  }
}

function assertNotLeftBehind(oldestRelease: string | undefined): void {
  if (supports(oldestRelease)) return
  throw new DomainError(
    'temporarily_unavailable',
    `the database schema needs release ${oldestRelease ?? ''} or newer and this is ${RELEASE}: upgrade the program`,
  )
}

function supports(oldestRelease: string | undefined): boolean {
  return oldestRelease === undefined || compareReleases(RELEASE, oldestRelease) >= 0
}

async function applyPending(connection: Kysely<Schema>, known: readonly Migration[]): Promise<readonly string[]> {
  await sql`SET SESSION lock_wait_timeout = 5`.execute(connection)
  await sql`SET SESSION max_execution_time = 0`.execute(connection)
  await sql`CREATE TABLE IF NOT EXISTS schema_migrations (
    name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, applied_at DATETIME(3) NOT NULL
  ) ENGINE=InnoDB`.execute(connection)
  await addOldestRelease(connection)
  const { applied, oldestRelease } = await schemaStatus(connection)
  assertNotLeftBehind(oldestRelease)
  const pending = known.filter((migration) => !applied.includes(migration.name))
  for (const migration of pending) {
    await applyOne(connection, migration)
    await sql`INSERT INTO schema_migrations (name, applied_at, oldest_release)
      VALUES (${migration.name}, UTC_TIMESTAMP(3), ${migration.oldestRelease ?? null})`.execute(connection)
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

/** Releases before the column read and write the two others by name, so they go on doing so. */
async function addOldestRelease(connection: Kysely<Schema>): Promise<void> {
  if ((await recordColumns(connection)).has('oldest_release')) return
  await applyOne(connection, {
    name: 'schema_migrations',
    sql: 'ALTER TABLE schema_migrations ADD COLUMN oldest_release VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL',
  })
}

/** Also of a database that was never migrated, and of one that only releases without `oldest_release` have migrated. */
async function appliedMigrations(db: Kysely<Schema>): Promise<{ name: string; oldest_release?: string | null }[]> {
  const columns = await recordColumns(db)
  if (columns.size === 0) return []
  const { rows } = columns.has('oldest_release')
    ? await sql<{ name: string; oldest_release: string | null }>`
        SELECT name, oldest_release FROM schema_migrations ORDER BY name`.execute(db)
    : await sql<{ name: string }>`SELECT name FROM schema_migrations ORDER BY name`.execute(db)
  return rows
}

async function recordColumns(db: Kysely<Schema>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`SELECT column_name AS name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'schema_migrations'`.execute(db)
  return new Set(rows.map((row) => row.name))
}
