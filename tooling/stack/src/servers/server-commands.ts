import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run-command.ts'
import type { ServerCommand } from './server-control.ts'

/** How the two programs are called on this machine. */
export interface Programs {
  readonly mysqld: { readonly command: string; readonly prefix: readonly string[]; readonly options: readonly string[] }
  readonly natsServer: string
}

/** Protocol version 10 behind the four bytes of packet header: MySQL's greeting. An error packet in its place means "not yet". */
const isMysqlGreeting = (bytes: Buffer) => bytes[4] === 10
const isNatsGreeting = (bytes: Buffer) => bytes.toString('latin1', 0, 5) === 'INFO '

/** The account and the database that every user of the stack gets. By address as well as by name: hosts may not resolve 127.0.0.1. */
const INIT_SQL = `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';
GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS licenseoperator;
`

/**
 * Prepares a MySQL data folder (once) and says how to run the server on it. Durability is on, as in production: the promises are tested
 * against it.
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
  const common = [
    '--no-defaults',
    ...options,
    `--datadir=${data}`,
    '--secure-file-priv=NULL',
    '--mysqlx=OFF',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    `--log-error=${logFile}`,
  ]
  mkdirSync(folder, { recursive: true })
  writeFileSync(initFile, INIT_SQL)
  if (!existsSync(join(data, 'mysql.ibd'))) {
    const { code } = await runCommand(command, [...prefix, ...common, '--initialize-insecure'])
    if (code !== 0) throw new Error(`MySQL could not be initialised; its log is ${logFile}`)
  }
  const args = [
    ...prefix,
    ...common,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--socket=${join(folder, 'mysql.sock')}`,
    `--pid-file=${join(folder, 'mysql.pid')}`,
    `--init-file=${initFile}`,
    `--max-connections=${maxConnections}`,
    '--performance-schema=OFF',
    '--innodb-flush-log-at-trx-commit=1',
    '--sync-binlog=1',
    '--innodb-buffer-pool-size=256M',
    '--default-time-zone=+00:00',
  ]
  return { name: 'MySQL', command, args, port, isGreeting: isMysqlGreeting, logFile }
}

/** NATS with JetStream that syncs every message to disk: by default it does so every two minutes and can lose acknowledged messages. */
export function prepareNats(programs: Programs, folder: string, port: number): ServerCommand {
  const config = join(folder, 'nats.conf')
  const logFile = join(folder, 'nats.log')
  mkdirSync(folder, { recursive: true })
  writeFileSync(config, `jetstream { store_dir: ${JSON.stringify(join(folder, 'nats'))}, sync_interval: always }\n`)
  const args = ['-a', '127.0.0.1', '-p', String(port), '-c', config, '-l', logFile]
  return { name: 'NATS', command: programs.natsServer, args, port, isGreeting: isNatsGreeting, logFile }
}
