import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RowDataPacket } from 'mysql2'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectTo } from '../../test/connect-to.ts'
import { privateProvider } from '../../test/private-servers.ts'
import { identityOf } from '../process-identity.ts'
import { addresses, silent } from '../stack.ts'
import { findCheckoutStack, resetCheckoutStack, startCheckoutStack, stopCheckoutStack } from './checkout-stack.ts'
import { type CheckoutState, readState, writeState } from './checkout-state.ts'

const provider = await privateProvider()

type Private = Extract<CheckoutState, { mysql: unknown }>

async function up(folder: string): Promise<Private> {
  const state = await startCheckoutStack(folder, silent)
  if (state.provider === 'docker') throw new Error('not private')
  return state
}

async function ask(state: CheckoutState, sql: string): Promise<RowDataPacket[]> {
  const connection = await connectTo(addresses(state.ports).mysqlDsn)
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql)
    return rows
  } finally {
    await connection.end()
  }
}

describe.runIf(provider !== undefined)("a checkout's stack", () => {
  // The path of a checkout may be longer than that of a Unix socket may be.
  const parent = mkdtempSync(join(tmpdir(), 'stack-test-'))
  const folder = join(parent, 'a'.repeat(120), '.stack')
  const other = join(parent, 'b', '.stack')
  let state: Private
  let otherState: Private

  beforeAll(async () => {
    vi.stubEnv('LICENSEOPERATOR_STACK_PROVIDER', provider)
    ;[state, otherState] = await Promise.all([up(folder), up(other)])
  })
  afterAll(async () => {
    await Promise.all([stopCheckoutStack(folder, silent), stopCheckoutStack(other, silent)])
    rmSync(parent, { recursive: true, force: true })
    vi.unstubAllEnvs()
  })

  test('two checkouts have servers of their own; stopping one leaves the other alone', async () => {
    expect(new Set([state, otherState].flatMap(({ ports }) => [ports.mysql, ports.nats])).size).toBe(4)
    await expect(stopCheckoutStack(other, silent)).resolves.toBe(true)
    await expect(stopCheckoutStack(other, silent)).resolves.toBe(false)
    await expect(findCheckoutStack(other)).resolves.toBeUndefined()
    await expect(findCheckoutStack(folder)).resolves.toEqual(state)
  })

  test('up finds it running, from several commands at once too', async () => {
    await expect(Promise.all([up(folder), up(folder)])).resolves.toEqual([state, state])
  })

  test('servers that were killed count as not running; up brings them back on the same ports with their data', async () => {
    await ask(state, 'CREATE TABLE kept (id INT PRIMARY KEY)')
    process.kill(state.mysql.pid, 'SIGKILL')
    await vi.waitFor(() => expect(identityOf(state.mysql.pid)).toBeUndefined(), 10_000)
    await expect(findCheckoutStack(folder)).resolves.toBeUndefined()
    const again = await up(folder)
    expect(again.ports).toEqual(state.ports)
    expect(identityOf(state.nats.pid)).toBeUndefined()
    await expect(ask(again, 'SELECT * FROM kept')).resolves.toEqual([])
    state = again
  })

  test('servers whose state file was lost are ended and started anew instead of two on the same data', async () => {
    writeFileSync(join(folder, 'state.json'), '{"provider":"deb')
    await expect(findCheckoutStack(folder)).resolves.toBeUndefined()
    const again = await up(folder)
    expect(identityOf(state.mysql.pid)).toBeUndefined()
    await expect(ask(again, 'SELECT * FROM kept')).resolves.toEqual([])
    state = again
  })

  test.runIf(process.platform === 'linux')(
    'a program that now has the number of a server is not taken for it and not ended',
    async () => {
      const self = identityOf(process.pid)
      if (self === undefined) throw new Error('we are not here')
      writeState(other, { ...otherState, mysql: self, nats: self })
      await expect(findCheckoutStack(other)).resolves.toBeUndefined()
      await expect(stopCheckoutStack(other, silent)).resolves.toBe(false)
    },
  )

  test('reset makes new data on the same ports and leaves what it did not make', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    const fresh = await resetCheckoutStack(folder, silent)
    await expect(ask(fresh, 'SHOW TABLES')).resolves.toEqual([])
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
    expect(readState(folder)).toEqual(fresh)
    expect(fresh.ports).toEqual(state.ports)
  })
})
