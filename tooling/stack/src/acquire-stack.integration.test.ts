import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RowDataPacket } from 'mysql2'
import { connect } from 'nats'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectTo } from '../test/connect-to.ts'
import { privateProvider } from '../test/private-servers.ts'
import { acquireStack, type Stack } from './index.ts'
import { ephemeral } from './leftovers.ts'
import { identityOf } from './process-identity.ts'

const provider = await privateProvider()
const HOLD = fileURLToPath(new URL('../test/hold-stack.ts', import.meta.url))
const isGone = (pid: number) => identityOf(pid) === undefined
const foldersOf = (pid: number) => readdirSync(ephemeral.parent).filter((name) => name.startsWith(`${ephemeral.prefix}${pid}-`))

describe.runIf(provider !== undefined)('a private stack', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await acquireStack({ providers: ['path', 'debian'], maxConnections: 321 })
  })
  afterAll(() => stack.stop())

  test('has an administrative account, its database, and durability as in production', async () => {
    const connection = await connectTo(stack.mysqlDsn)
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT DATABASE() db, @@max_connections c, @@innodb_flush_log_at_trx_commit f, @@sync_binlog b, @@time_zone z, @@bind_address a',
    )
    expect(rows).toEqual([{ db: 'licenseoperator', c: 321, f: 1, b: 1, z: '+00:00', a: '127.0.0.1' }])
    await connection.query('CREATE DATABASE another')
    await connection.query('DROP DATABASE another')
    await connection.end()
  })

  test('both servers keep their port and data when they are killed and started again', async () => {
    const connection = await connectTo(stack.mysqlDsn)
    await connection.query('CREATE TABLE kept (id INT PRIMARY KEY)')
    await connection.query('INSERT INTO kept VALUES (1)')
    connection.on('error', () => undefined)
    const link = await connect({ servers: stack.natsUrl })
    const manager = await link.jetstreamManager()
    await manager.streams.add({ name: 'kept', subjects: ['kept'] })
    await link.jetstream().publish('kept', 'hello')
    await link.close()
    const pids = [stack.mysql?.pid, stack.nats?.pid]

    await Promise.all([stack.mysql?.stop('SIGKILL'), stack.nats?.stop('SIGKILL')])
    expect(pids.map((pid) => isGone(pid ?? 0))).toEqual([true, true])
    await Promise.all([stack.mysql?.start(), stack.nats?.start()])

    const again = await connectTo(stack.mysqlDsn)
    const [rows] = await again.query<RowDataPacket[]>('SELECT id FROM kept')
    expect(rows).toEqual([{ id: 1 }])
    await again.end()
    const linkAgain = await connect({ servers: stack.natsUrl })
    const { state } = await (await linkAgain.jetstreamManager()).streams.info('kept')
    expect(state.messages).toBe(1)
    await linkAgain.close()
    expect([stack.mysql?.pid, stack.nats?.pid]).not.toEqual(pids)
  })

  test('stop leaves no process and no folder', async () => {
    const pids = [stack.mysql?.pid ?? 0, stack.nats?.pid ?? 0]
    expect(foldersOf(process.pid)).toHaveLength(1)
    await stack.stop()
    expect(pids.map(isGone)).toEqual([true, true])
    expect(foldersOf(process.pid)).toEqual([])
  })

  test('neither server survives when the process that started them is killed by SIGKILL', async () => {
    const parent = spawn(process.execPath, [HOLD], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const { mysql, nats } = JSON.parse(String(line)) as { mysql: number; nats: number }
    expect([mysql, nats].map(isGone)).toEqual([false, false])
    const folders = foldersOf(parent.pid ?? 0)
    expect(folders).toHaveLength(1)

    parent.kill('SIGKILL')
    await vi.waitFor(() => expect([mysql, nats].map(isGone)).toEqual([true, true]), 10_000)
    await vi.waitFor(() => expect(existsSync(`${ephemeral.parent}/${folders[0]}`)).toBe(false), 10_000)
  })
})

test('a vitest worker finds the stack of the run in its environment', async () => {
  const connection = await connectTo(process.env.LICENSEOPERATOR_TEST_MYSQL_DSN ?? '')
  await connection.end()
  const link = await connect({ servers: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '' })
  await link.close()
})
