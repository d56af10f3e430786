import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { createTokenVerifier, mintToken } from '@licenseoperator/http'
import { generateSigningKey } from '@licenseoperator/signing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aSigner, filesOf } from './a-signed-text.ts'
import { run } from './a-terminal.ts'

const JWT_SECRET = 'a shared secret of at least 32 bytes'
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

let database: TestDatabase
let emulator: Emulator
let env: Record<string, string>

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator()])
  const key = await generateSigningKey({ modulusLength: 2048 })
  const subject = crypto.randomUUID()
  env = {
    LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: key.privateKeyPem }]),
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: JWT_SECRET,
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: emulator.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_canary_of_this_test',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    LICENSEOPERATOR_STRIPE_PRODUCTS: JSON.stringify([
      {
        slug: 'core',
        name: 'Core',
        type: 'one_off',
        plan: 'core',
        product_key: 'core',
        unit_amount: 21_900,
        term_duration_days: 365,
      },
    ]),
    LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '',
    LICENSEOPERATOR_NATS_SUBJECT_LICENSE_ISSUED: `cli.${subject}.issued`,
    LICENSEOPERATOR_NATS_SUBJECT_STRIPE_WEBHOOK: `cli.${subject}.webhook`,
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
    LICENSEOPERATOR_SERVER_ADDR: '127.0.0.1:0',
    LICENSEOPERATOR_SERVER_DRAIN_DELAY: '0s',
  }
})
afterAll(async () => {
  await emulator.stop()
  await database.drop()
})

const json = async (...argv: string[]) => {
  const { code, out } = await run([...argv, '--json'], env)
  return { code, ...JSON.parse(out.join('')) }
}

test('db status says no while a migration is pending, and db migrate mends it once', async () => {
  await sql`DROP TABLE audit_log`.execute(database.db)
  await sql`DELETE FROM schema_migrations WHERE name = '0010_audit_log'`.execute(database.db)
  expect(await json('db', 'status')).toMatchObject({ code: 3, pending: ['0010_audit_log'] })
  expect(await json('db', 'migrate')).toEqual({ code: 0, applied: ['0010_audit_log'] })
  expect(await json('db', 'migrate')).toEqual({ code: 0, applied: [] })
  expect(await json('db', 'status')).toMatchObject({ code: 0, pending: [] })
})

test('stripe sync-products: the second run changes nothing', async () => {
  expect(await json('stripe', 'sync-products')).toMatchObject({ code: 0, created: ['core'], stripeChanges: 2 })
  expect(await json('stripe', 'sync-products')).toMatchObject({ code: 0, created: [], updated: [], stripeChanges: 0 })
})

test('stripe sync-products after a new price: a new Stripe price has the lookup key, the old one is archived', async () => {
  await json('stripe', 'sync-products')
  const products = JSON.parse(env.LICENSEOPERATOR_STRIPE_PRODUCTS ?? '[]')
  const dearer = { ...env, LICENSEOPERATOR_STRIPE_PRODUCTS: JSON.stringify([{ ...products[0], unit_amount: 25_000 }]) }
  const { out } = await run(['stripe', 'sync-products', '--json'], dearer)
  expect(JSON.parse(out.join(''))).toMatchObject({
    updated: ['core'],
    actions: [{ action: 'price_created' }, { action: 'price_archived' }],
  })
  const prices = await database.db
    .selectFrom('prices')
    .select(['active', 'unit_amount_minor as amount'])
    .orderBy('unit_amount_minor')
    .execute()
  expect(prices).toEqual([
    { active: 0, amount: 21_900 },
    { active: 1, amount: 25_000 },
  ])
})

test('stripe ensure-webhook tells the secret once', async () => {
  const ensure = () => json('stripe', 'ensure-webhook', '--public-url', 'http://127.0.0.1:8083')
  expect(await ensure()).toMatchObject({ action: 'created', secret: expect.stringMatching(/^whsec_/) })
  const again = await ensure()
  expect(again).toMatchObject({ action: 'unchanged' })
  expect(again).not.toHaveProperty('secret')
})

test('token mint: a system administrator by default, a member with --group, narrowed with --scope', async () => {
  const verifier = createTokenVerifier({ secret: JWT_SECRET })
  const minted = async (...flags: string[]) => verifier.verify((await run(['token', 'mint', ...flags], env)).out.join(''))
  expect(await minted()).toMatchObject({ identity: 'licenseoperator', roles: ['sysadmin'] })
  expect(await minted('--group', 'Acme', '--identity', 'ada')).toMatchObject({ identity: 'ada', roles: [], groups: ['acme'] })
  expect(await minted('--scope', 'licenses:read')).toMatchObject({ scopes: ['licenses:read'] })
  expect(await run(['token', 'mint', '--scope', 'everything'], env)).toMatchObject({ code: 2, out: [] })
})

describe('config', () => {
  test('check lists every problem with its key, exit code 78', async () => {
    const { code, out, notes } = await run(['config', 'check'], {
      LICENSEOPERATOR_SERVER_ADDR: 'nowhere',
      LICENSEOPERATOR_MYSQL_DSN: 'root:canary-secret@nothing',
    })
    expect([code, out]).toEqual([78, []])
    for (const key of ['server.addr', 'security', 'internal_auth.jwt_secret', 'stripe.api_key', 'nats.url', 'mysql.dsn'])
      expect(notes.join()).toContain(key)
    expect(notes.join()).not.toContain('canary')
  })

  test('a key that is too short to sign: 78, naming the entry', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const short = [{ product_key: 'core', private_key_pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) }]
    const { code, notes } = await run(['config', 'check'], { ...env, LICENSEOPERATOR_SECURITY: JSON.stringify(short) })
    expect(code).toBe(78)
    expect(notes.join()).toContain('security[0]')
  })

  test('an operator license that cannot be read is a warning: all of the administration would answer 403', async () => {
    const { code, notes } = await run(['config', 'check'], { ...env, LICENSEOPERATOR_LICENSE_FILE_PATH: '/nowhere/operator.lic' })
    expect(code).toBe(0)
    expect(notes).toContainEqual(expect.stringMatching(/^warning: license\.file_path: .*403/))
    expect((await run(['config', 'check'], env)).notes.join()).not.toContain('license.file_path')
  })

  test('so is one that can be read and is not good', async () => {
    const [signer, other] = await Promise.all([aSigner(), generateSigningKey({ modulusLength: 2048 })])
    const at = filesOf({ 'operator.lic': await signer.license('L-1') })
    const { code, notes } = await run(['config', 'check'], {
      ...env,
      LICENSEOPERATOR_LICENSE_FILE_PATH: at('operator.lic'),
      LICENSEOPERATOR_LICENSE_PUBLIC_KEY_PEM: other.publicKeyPem,
    })
    expect(code).toBe(0)
    expect(notes).toContainEqual(expect.stringMatching(/^warning: license\.file_path: .*403.*unknown_key/))
  })

  test('print shows what is in force, and no secret', async () => {
    for (const flags of [[], ['--json']]) {
      const { code, out } = await run(['config', 'print', ...flags], env)
      expect(code).toBe(0)
      expect(out.join('\n')).toContain('[secret]')
      for (const secret of [JWT_SECRET, 'whsec_canary', emulator.apiKey, 'PRIVATE KEY'])
        expect(out.join('\n')).not.toContain(secret)
    }
  })

  test('a file that is a folder or missing: 78', async () => {
    expect(await run(['config', 'check', '--config', '/tmp'], env)).toMatchObject({ code: 78 })
    expect(await run(['config', 'check', '--config', '/nowhere/config.yaml'], env)).toMatchObject({ code: 78 })
  })
})

test('an unknown command is usage, and help is no failure', async () => {
  expect(await run(['frobnicate'], env)).toMatchObject({ code: 2, out: [] })
  expect(await run(['license', 'frobnicate'], env)).toMatchObject({ code: 2, out: [] })
})

describe('serve', () => {
  function serve(variables: Record<string, string> = {}) {
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      env: { ...env, ...variables, PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk
    })
    const address = new Promise<string>((resolve, reject) => {
      child.stdout.on('data', () => {
        const url = /"url":"(http:[^"]+)"/.exec(output)?.[1]
        if (url !== undefined) resolve(url)
      })
      child.once('exit', () => reject(new Error(errors)))
    })
    address.catch(() => undefined)
    return { child, address, output: () => output, errors: () => errors }
  }

  test('storefront and webhook on one address, until SIGTERM ends it with 0', async () => {
    const { child, address } = serve()
    const url = await address
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect((await fetch(`${url}/authlance/license/products`)).status).toBe(200)
    expect((await fetch(`${url}/authlance/license/stripe/webhook`, { method: 'POST', body: '{}' })).status).toBe(400)
    // Refused tokens from the same address change nothing about that.
    const guess = () => fetch(`${url}/authlance/license/groups/acme/licenses`, { headers: { authorization: 'Bearer guess' } })
    const guesses: number[] = []
    for (let i = 0; i < 21; i += 1) guesses.push((await guess()).status)
    expect(guesses).toEqual([...Array.from({ length: 20 }, () => 401), 429])
    expect((await fetch(`${url}/authlance/license/products`)).status).toBe(200)
    expect((await fetch(`${url}/authlance/license/stripe/webhook`, { method: 'POST', body: '{}' })).status).toBe(400)
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await gone).toEqual([0, null])

    // The port is free again, so a second server takes it, and a third is refused in one line.
    const second = serve({ LICENSEOPERATOR_SERVER_ADDR: new URL(url).host })
    await second.address
    const third = serve({ LICENSEOPERATOR_SERVER_ADDR: new URL(url).host })
    const [code] = await once(third.child, 'exit')
    expect(code).toBe(1)
    expect(third.errors().trim().split('\n')).toEqual([expect.stringContaining('the port is already in use')])
    const ended = once(second.child, 'exit')
    second.child.kill('SIGTERM')
    await ended
  })

  test('with an address for operators, readiness and metrics are there and not where the public is', async () => {
    const { child, address, output } = serve({
      LICENSEOPERATOR_SERVER_ADMIN_ADDR: '127.0.0.1:0',
    })
    const url = await address
    const adminUrl = /"adminUrl":"([^"]+)"/.exec(output())?.[1]
    const status = async (base: string | undefined, path: string) => (await fetch(`${base}${path}`)).status
    for (const path of ['/readyz', '/metrics'])
      expect([await status(url, path), await status(adminUrl, path)]).toEqual([404, 200])
    expect([await status(url, '/healthz'), await status(adminUrl, '/authlance/license/products')]).toEqual([200, 404])
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await gone).toEqual([0, null])
  })

  test('without NATS it starts and is ready; told to stop, it is not ready and serves on for the configured time', async () => {
    const variables = { LICENSEOPERATOR_NATS_URL: 'nats://127.0.0.1:9', LICENSEOPERATOR_SERVER_DRAIN_DELAY: '3s' }
    const { child, address } = serve(variables)
    const url = await address
    const ready = await fetch(`${url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', checks: { mysql: 'up' } }])
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('\nlicenseoperator_nats_connected 0\n')
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    while ((await fetch(`${url}/readyz`)).status === 200) await sleep(20)
    expect((await fetch(`${url}/authlance/license/products`)).status).toBe(200)
    expect(await gone).toEqual([0, null])
  })

  test('without its own license in order: administration is refused, the metric says so, the storefront goes on', async () => {
    const { child, address } = serve({ LICENSEOPERATOR_LICENSE_FILE_PATH: '/nowhere/own.lic' })
    const url = await address
    const token = await mintToken({ secret: JWT_SECRET, ttlMs: 60_000, identity: 'ops', roles: ['sysadmin'], groups: [] })
    const refused = await fetch(`${url}/authlance/license/admin/products`, { headers: { authorization: `Bearer ${token}` } })
    expect(refused.status).toBe(403)
    expect(await refused.text()).toContain('operator license is not valid')
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('\nlicenseoperator_operator_license_good 0\n')
    expect((await fetch(`${url}/authlance/license/products`)).status).toBe(200)
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await gone).toEqual([0, null])
  })
})
