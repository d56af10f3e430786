import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import type { TestDatabase } from './test-database.ts'
import { testMysqlAccount } from './test-database.ts'

/** An account of the database that MySQL lets in with its client certificate alone. */
export interface CertifiedAccount {
  readonly dsn: string
  /** PEM, of the authority that MySQL made for itself beside its data. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string }
  drop(): Promise<void>
}

export async function createCertifiedAccount({ options }: TestDatabase): Promise<CertifiedAccount> {
  const user = `t${crypto.randomUUID().slice(0, 8)}`
  await administer(`CREATE USER ${user} IDENTIFIED BY 'change-me' REQUIRE X509`)
  await administer(`GRANT ALL ON ${options.database}.* TO ${user}`)
  const [row] = Object(await administer('SELECT @@datadir AS folder'))
  const read = (name: string) => readFileSync(join(row.folder, name), 'utf8')
  return {
    dsn: `${user}:change-me@tcp(${options.host}:${options.port})/${options.database}`,
    tls: { ca: read('ca.pem'), cert: read('client-cert.pem'), key: read('client-key.pem') },
    drop: async () => void (await administer(`DROP USER ${user}`)),
  }
}

async function administer(statement: string): Promise<unknown> {
  const connection = await createConnection({ ...testMysqlAccount() })
  try {
    const [rows] = await connection.query(statement)
    return rows
  } finally {
    await connection.end()
  }
}
