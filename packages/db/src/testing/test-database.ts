import { createConnection } from 'mysql2/promise'
import { migrate } from '../migrate.ts'
import { type Database, type DatabaseOptions, openDatabase } from '../open-database.ts'

export interface TestDatabase extends Database {
  readonly options: DatabaseOptions
  /** The same database in Go notation, for a process under test. */
  readonly dsn: string
  /** Closes the pool and drops the database that `createTestDatabase` made. */
  drop(): Promise<void>
}

type Account = Pick<DatabaseOptions, 'host' | 'port' | 'user' | 'password' | 'database'>

/** Account and database in a DSN of the form that the stack hands out. */
export function accountOf(dsn: string): Account {
  const parts = /^(?<user>[^:@]*)(?::(?<password>.*))?@tcp\((?<host>[^:)]+):(?<port>\d+)\)\/(?<database>[^?]+)/.exec(dsn)?.groups
  if (parts?.database === undefined) throw new Error('not a DSN as the stack hands it out')
  return {
    user: parts.user ?? '',
    password: parts.password ?? '',
    host: parts.host ?? '',
    port: Number(parts.port),
    database: parts.database,
  }
}

/** The MySQL server that the test run was given. */
export function testMysqlAccount(): Account {
  const dsn = process.env.LICENSEOPERATOR_TEST_MYSQL_DSN
  if (dsn === undefined) throw new Error('LICENSEOPERATOR_TEST_MYSQL_DSN is not set: run the tests through `pnpm test`')
  return accountOf(dsn)
}

/** A migrated database of its own, so that tests neither see nor touch each other's rows. */
export async function createTestDatabase(
  pool: Pick<DatabaseOptions, 'maxConnections' | 'holdMs' | 'acquireMs'> = {},
): Promise<TestDatabase> {
  const account = testMysqlAccount()
  const database = `lo_test_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`
  await administer(account, `CREATE DATABASE ${database}`)
  const options = { ...account, database, ...pool }
  const migrating = openDatabase({ ...options, maxConnections: 1, holdMs: 120_000 })
  try {
    await migrate(migrating.db)
  } finally {
    await migrating.close()
  }
  const opened = openDatabase(options)
  return {
    ...opened,
    options,
    dsn: `${account.user}:${account.password}@tcp(${account.host}:${account.port})/${database}?parseTime=true`,
    drop: async () => {
      await opened.close()
      await administer(account, `DROP DATABASE ${database}`)
    },
  }
}

async function administer(account: Account, statement: string): Promise<void> {
  const connection = await createConnection({ ...account })
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}
