import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { topics } from '../src/command-table.ts'
import type { Entry } from '../src/context.ts'
import { entriesOf } from '../src/find-command.ts'
import { unheardPurchase } from './a-purchase.ts'

// The examples of the help, one after the other in one folder, as a person who reads them would type them.

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const EXAMPLE = fileURLToPath(new URL('../../../config/config.example.yaml', import.meta.url))
/** What the examples of other commands build upon; `serve` runs until it is stopped and has tests of its own. */
const FIRST = ['keys generate', 'config init', 'db migrate', 'stripe sync-products', 'license issue']
const LAST = ['events replay', 'events discard', 'coupons delete']

let folder = ''
let database: TestDatabase
let emulator: Emulator
let env: Record<string, string>

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator({ recordFile: '' })])
  folder = mkdtempSync(join(tmpdir(), 'licenseoperator-examples-'))
  writeFileSync(
    join(folder, 'product.json'),
    JSON.stringify({ slug: 'pro', name: 'Pro', plan: 'pro', productKey: 'core', unitAmount: 29_900 }),
  )
  writeFileSync(
    join(folder, 'coupon.json'),
    JSON.stringify({ code: 'friends', behavior: 'stripe_promotion', stripePromotion: { percentOff: 50 } }),
  )
  for (const name of ['config', 'emulator']) mkdirSync(join(folder, name))
  copyFileSync(EXAMPLE, join(folder, 'config/config.example.yaml'))
  env = {
    PATH: process.env.PATH ?? '',
    USER: 'ops',
    // Every example is a process of its own: this way none compiles what the one before has.
    NODE_COMPILE_CACHE: join(folder, '.compiled'),
    LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem_file: join(folder, 'signing.key.pem') }]),
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: 'a shared secret of thirty-two bytes',
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: emulator.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_unused_here',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '',
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
    LICENSEOPERATOR_MAIL_HOST: '127.0.0.1',
    LICENSEOPERATOR_MAIL_FROM: 'licenses@acme.example',
  }
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await Promise.all([database.drop(), emulator.stop()])
})

/** Types a line into a shell; Stripe's double, which is in this process, answers meanwhile. */
async function typed(line: string) {
  const program = `licenseoperator() { '${process.execPath}' '${MAIN}' "$@"; }; ${line}`
  const child = spawn('bash', ['-c', program], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { stdout, stderr, status }
}

/** A product with a coupon to come, a purchase whose webhook never arrived, and the license that reconciliation brings. */
async function aSale(): Promise<void> {
  expect(
    await typed(
      'licenseoperator products create --slug core --name Core --type one_off --plan core --product-key core --unit-amount 100',
    ),
  ).toMatchObject({ status: 0 })
  await unheardPurchase(database, emulator)
  expect(await typed('licenseoperator stripe reconcile --since 1h')).toMatchObject({ status: 0 })
}

/** The example with the ids of what is here, and an address that Stripe's double delivers to. */
async function withIds(example: string): Promise<string> {
  const license = await database.db.selectFrom('licenses').select('license_id').where('kind', '!=', 'manual').executeTakeFirst()
  const event = await database.db.selectFrom('stripe_events').select('event_id').executeTakeFirst()
  return example
    .replaceAll(/L-01[0-9A-Z]{24}/g, license?.license_id ?? 'none')
    .replaceAll('https://licenses.example.com', 'http://127.0.0.1:8083')
    .replaceAll(/evt_1[0-9A-Za-z]+/g, event?.event_id ?? 'none')
}

const place = ({ words }: Entry) => (FIRST.includes(words) ? FIRST.indexOf(words) - FIRST.length : LAST.indexOf(words) + 1)
const examples = entriesOf(topics)
  .filter(({ words }) => words !== 'serve')
  .toSorted((a, b) => place(a) - place(b))
  .flatMap(({ command }) => command.examples)
const afterFirst = examples.findIndex((example) => !FIRST.some((words) => example.includes(`licenseoperator ${words}`)))

test.each(examples.slice(0, afterFirst))('%s', async (example) => {
  expect(await typed(example)).toMatchObject({ status: 0 })
})

test('with something sold', aSale)

test.each(examples.slice(afterFirst))('%s', async (example) => {
  // What is put aside was parked: nobody discards what was served.
  if (example.includes('events discard')) await database.db.updateTable('stripe_events').set({ status: 'parked' }).execute()
  const { status, stdout, stderr } = await typed(await withIds(example))
  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stderr: expect.not.stringContaining('licenseoperator:') })
})
