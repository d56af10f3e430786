import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Mysqld, makeMysqlData } from './make-mysql-data.ts'

/** What an operator makes a backup with, and restores it. */
export type MysqlClient = 'mysqldump' | 'mysql'

/** How the two programs are called on this machine. */
export interface Programs {
  readonly mysqld: Mysqld
  /** MySQL's own client programs, where they are. */
  readonly mysqlClient: (program: MysqlClient) => { readonly command: string; readonly prefix: readonly string[] }
  readonly natsServer: string
}

/** A server that can be started, any number of times, on its port and data. */
export interface ServerCommand {
  readonly name: 'MySQL' | 'NATS'
  readonly command: string
  readonly args: readonly string[]
  /** One of the arguments, that no other process has. */
  readonly mark: string
  readonly port: number
  /** Where its own words are, for the error message. */
  readonly logFile: string
}

/** The account and the database that every user of the stack gets. By address as well as by name: hosts may not resolve 127.0.0.1. */
const INIT_SQL = `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';
GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS licenseoperator;
`

/**
 * Prepares a MySQL data folder (once) and says how to run the server on it. Durability is on, as in production: the promises are tested
 * against it.
 *
 * @throws Error with the end of MySQL's log when the data folder cannot be made
 */
export async function prepareMysql(
  programs: Programs,
  folder: string,
  port: number,
  maxConnections: number,
): Promise<ServerCommand> {
  const { command, prefix, options } = programs.mysqld
  const data = join(folder, 'mysql')
  const logFile = join(folder, 'mysql.log')
  const initFile = join(folder, 'init.sql')
  mkdirSync(folder, { recursive: true })
  writeFileSync(initFile, INIT_SQL)
  if (!existsSync(data)) await makeMysqlData(programs.mysqld, data)
  const mark = `--datadir=${data}`
  const args = [
    ...prefix,
    '--no-defaults',
    ...options,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    mark,
    `--log-error=${logFile}`,
    '--secure-file-priv=NULL',
    '--mysqlx=OFF',
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    // Relative to the data folder: a socket's full path must be shorter than 107 bytes, and a checkout's path may not be.
    '--socket=mysql.sock',
    '--pid-file=mysql.pid',
    `--init-file=${initFile}`,
    `--max-connections=${maxConnections}`,
    '--performance-schema=OFF',
    '--innodb-flush-log-at-trx-commit=1',
    '--sync-binlog=1',
    '--innodb-buffer-pool-size=256M',
    '--default-time-zone=+00:00',
  ]
  return { name: 'MySQL', command, args, mark, port, logFile }
}

/** NATS with JetStream that syncs every message to disk: by default it does so every two minutes and can lose acknowledged messages. */
export function prepareNats(programs: Programs, folder: string, port: number): ServerCommand {
  const mark = join(folder, 'nats.conf')
  const logFile = join(folder, 'nats.log')
  mkdirSync(folder, { recursive: true })
  writeFileSync(mark, `jetstream { store_dir: ${JSON.stringify(join(folder, 'nats'))}, sync_interval: always }\n`)
  const args = ['-a', '127.0.0.1', '-p', String(port), '-c', mark, '-l', logFile]
  return { name: 'NATS', command: programs.natsServer, args, mark, port, logFile }
}
