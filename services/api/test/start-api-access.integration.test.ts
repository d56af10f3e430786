import { once } from 'node:events'
import { connect } from 'node:net'
import { loadConfig } from '@licenseoperator/config'
import { createCertifiedAccount, createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { silentLog } from '@licenseoperator/domain'
import { mintToken } from '@licenseoperator/http'
import { generateSigningKey } from '@licenseoperator/signing'
import { startNats } from '@licenseoperator/stack'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startApi } from '../src/start-api.ts'
import { SECRET } from './settings.ts'

let database: TestDatabase
let privateKeyPem: string
beforeAll(async () => {
  ;({ privateKeyPem } = await generateSigningKey({ modulusLength: 2048 }))
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** The API as the environment configures it. Its NATS is a port on which nothing listens, unless it is named. */
async function started(variables: Readonly<Record<string, string>>) {
  const env = {
    LICENSEOPERATOR_SERVER_ADDR: '127.0.0.1:0',
    LICENSEOPERATOR_SERVER_DRAIN_DELAY: '0s',
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
    LICENSEOPERATOR_NATS_URL: 'nats://127.0.0.1:9',
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: SECRET,
    LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: privateKeyPem }]),
    LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_none',
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_none',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    ...variables,
  }
  const api = await startApi({ config: loadConfig({ path: undefined, env }).config, log: silentLog })
  onTestFinished(() => api.stop())
  return api
}

test('the API is to NATS who the configuration says', async () => {
  // A user of this test's server and of nothing else.
  const user = {
    publicKey: 'UDDAIQXCG47FVSQTFLDZBCJBX4X7S3BAMBLEVHHIFGKNLIO3OB42TWYO',
    seed: 'SUAGX2JCORHFM7GGLJTLPSQUWJ3SSGOK6NTCTGVYWBIQMSGWL42D5LE4Y4',
  }
  const server = await startNats(`authorization { users: [{ nkey: ${user.publicKey} }] }`)
  onTestFinished(() => server.stop())
  const { url } = await started({
    LICENSEOPERATOR_NATS_URL: `nats://127.0.0.1:${server.port}`,
    LICENSEOPERATOR_NATS_NKEY_SEED: user.seed,
  })
  await vi.waitFor(
    async () => expect(await (await fetch(`${url}/metrics`)).text()).toContain('\nlicenseoperator_nats_connected 1\n'),
    { timeout: 10_000 },
  )
})

test('the API shows MySQL the configured certificate', async () => {
  const account = await createCertifiedAccount(database)
  onTestFinished(() => account.drop())
  const { url } = await started({
    LICENSEOPERATOR_MYSQL_DSN: account.dsn,
    LICENSEOPERATOR_MYSQL_TLS_CA: account.tls.ca,
    LICENSEOPERATOR_MYSQL_TLS_CERT: account.tls.cert,
    LICENSEOPERATOR_MYSQL_TLS_KEY: account.tls.key,
  })
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
}, 30_000)

test('an address has as many connections as are configured; one of a trusted proxy has any number', async () => {
  const crowded = async (variables: Readonly<Record<string, string>>) => {
    const { port, url } = await started({ LICENSEOPERATOR_SERVER_MAX_CONNECTIONS_PER_ADDRESS: '1', ...variables })
    const idle = connect(port, '127.0.0.1').resume()
    onTestFinished(() => void idle.destroy())
    await once(idle, 'connect')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    return idle
  }
  const gone = await crowded({})
  // Sooner than it would end by itself, because nothing is asked on it.
  await vi.waitFor(() => expect(gone.closed).toBe(true), 5000)
  expect((await crowded({ LICENSEOPERATOR_SERVER_TRUSTED_PROXIES: '127.0.0.1' })).closed).toBe(false)
})

test('tokens have to name issuer and audience where the configuration says so, and no others ever', async () => {
  const names = {
    LICENSEOPERATOR_INTERNAL_AUTH_ISSUER: 'https://id.test',
    LICENSEOPERATOR_INTERNAL_AUTH_AUDIENCE: 'licenses',
  }
  const [lenient, strict] = await Promise.all([
    started(names),
    started({ ...names, LICENSEOPERATOR_INTERNAL_AUTH_REQUIRE_ISSUER_AND_AUDIENCE: 'true' }),
  ])
  const answers = async (claims: { issuer?: string; audience?: string }) => {
    const token = await mintToken({ secret: SECRET, ttlMs: 60_000, identity: 'ops', roles: ['sysadmin'], groups: [], ...claims })
    const ask = async ({ url }: { url: string }) =>
      (await fetch(`${url}/authlance/license/admin/products`, { headers: { authorization: `Bearer ${token}` } })).status
    return [await ask(lenient), await ask(strict)]
  }
  expect(await answers({})).toEqual([200, 401])
  expect(await answers({ issuer: 'https://id.test' })).toEqual([200, 401])
  expect(await answers({ issuer: 'https://id.test', audience: 'licenses' })).toEqual([200, 200])
  expect(await answers({ issuer: 'https://other.test', audience: 'licenses' })).toEqual([401, 401])
  expect(await answers({ issuer: 'https://id.test', audience: 'other' })).toEqual([401, 401])
})
