import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLI, type Environment, runToEnd, startEnvironment } from '@licenseoperator/demo'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Buyers } from './buyers.ts'
import { products } from './fleet.ts'
import { reckon } from './reckoning.ts'

const PURCHASES = Number(process.env.LICENSEOPERATOR_RESTORE_PURCHASES ?? 120)
const CUSTOMERS_AT_ONCE = 4
const DATABASE = 'licenseoperator'

let environment: Environment

beforeAll(async () => {
  environment = await startEnvironment(() => undefined, { ingest: false, api: false, products })
}, 240_000)

afterAll(() => environment.stop(), 120_000)

const start = () => Promise.all([environment.startApi('api', {}), environment.startIngest('webhook-ingest', [], {})])

/** Runs one of MySQL's own programs on the stack's server. @throws Error with its last words */
async function client(
  program: 'mysqldump' | 'mysql',
  args: readonly string[],
  files: { into?: string; from?: string } = {},
): Promise<void> {
  const called = environment.stack.mysqlClient?.(program)
  if (called === undefined) throw new Error('this stack has no client of MySQL')
  const child = spawn(called.command, [...called.args, ...args])
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words += chunk
  })
  const written = files.into === undefined ? undefined : child.stdout.pipe(createWriteStream(files.into))
  if (files.from === undefined) child.stdin.end()
  else createReadStream(files.from).pipe(child.stdin)
  const [[code]] = await Promise.all([once(child, 'close'), ...(written === undefined ? [] : [once(written, 'finish')])])
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${words}`)
}

async function untilInOrder(reckoned: () => ReturnType<typeof reckon>): ReturnType<typeof reckon> {
  for (const deadline = Date.now() + 90_000; ; await sleep(500)) {
    const found = await reckoned()
    if (found.wrong.length === 0 || Date.now() > deadline) return found
  }
}

/** What was announced and refunded later is, after the restore, known to be refunded before it is announced: kept back, and announced once all the same. */
async function reckonRestored(): ReturnType<typeof reckon> {
  const found = await reckon(environment)
  const announcedBefore = new Set(found.withheld.map((licenseId) => `announcement not due: ${licenseId}`))
  return { ...found, wrong: found.wrong.filter((line) => !announcedBefore.has(line)) }
}

test(`a backup taken under load and restored: of ${PURCHASES} purchases everything is back, and nothing twice`, async () => {
  const running = await start()
  const backup = join(environment.folder, 'backup.sql')
  const buyers = new Buyers(environment)
  let next = 0
  const customer = async () => {
    while (next < PURCHASES) {
      next += 1
      await buyers.buy(next)
    }
  }
  const dump = async () => {
    while (buyers.sales.paid.length < PURCHASES / 3) await sleep(20)
    await client('mysqldump', ['--single-transaction', '--set-gtid-purged=OFF', '--no-tablespaces', DATABASE], { into: backup })
    return buyers.sales.paid.length
  }
  const [soldByThen] = await Promise.all([dump(), ...Array.from({ length: CUSTOMERS_AT_ONCE }, customer)])
  await environment.control.waitIdle(60_000)
  const before = await untilInOrder(() => reckon(environment))
  expect(before.wrong).toEqual([])
  expect(soldByThen).toBeLessThan(PURCHASES)

  await Promise.all(running.map((process) => process.stop()))
  await client('mysql', ['-e', `DROP DATABASE ${DATABASE}; CREATE DATABASE ${DATABASE}`])
  await client('mysql', [DATABASE], { from: backup })
  await runToEnd(CLI, ['db', 'migrate'], environment.env)
  const restored = await reckon(environment)
  expect(restored.licenses).toBeLessThan(before.licenses)

  await runToEnd(CLI, ['stripe', 'reconcile', '--since', '1h'], environment.env)
  await start()
  const { wrong, licenses, announced } = await untilInOrder(reckonRestored)
  expect(wrong).toEqual([])
  expect({ licenses, announced }).toEqual({ licenses: before.licenses, announced: before.announced })
  const figures = { paid: buyers.sales.paid.length, inBackup: restored.licenses, licenses, announced }
  process.stdout.write(`restored backup: ${JSON.stringify(figures)}\n`)
}, 300_000)
