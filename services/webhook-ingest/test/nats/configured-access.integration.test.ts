import { createCertifiedAccount, createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { startNats } from '@licenseoperator/stack'
import { nkeys } from 'nats'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { Connections, ingestRoles } from '../../src/connections.ts'
import { aConfig, aLog } from '../a-start.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** What the roles of the ingest share, as the environment configures it. */
async function connect(variables: Readonly<Record<string, string>>): Promise<Connections> {
  const config = await aConfig({ database, emulator: { url: 'http://127.0.0.1:9', apiKey: 'sk_test_none' } }, variables)
  const connections = new Connections(config, aLog(), ingestRoles)
  onTestFinished(() => connections.close())
  return connections
}

test('the roles are to NATS who the configuration says, and make streams with as many copies as it says', async () => {
  const user = nkeys.createUser()
  const server = await startNats(`authorization { users: [{ nkey: ${user.getPublicKey()} }] }`)
  onTestFinished(() => server.stop())
  const access = {
    LICENSEOPERATOR_NATS_URL: `nats://127.0.0.1:${server.port}`,
    LICENSEOPERATOR_NATS_NKEY_SEED: new TextDecoder().decode(user.getSeed()),
  }
  await expect((await connect(access)).streams(5000)).resolves.toBeUndefined()
  const copied = { LICENSEOPERATOR_NATS_REPLICAS: '3', LICENSEOPERATOR_NATS_SUBJECT_STRIPE_WEBHOOK: 'a.subject.without.stream' }
  // One server cannot hold three copies, and says so: it was asked for them.
  await expect((await connect({ ...access, ...copied })).streams(5000)).rejects.toThrow('replicas > 1')
})

test('the roles show MySQL the configured certificate', async () => {
  const account = await createCertifiedAccount(database)
  onTestFinished(() => account.drop())
  const connections = await connect({
    LICENSEOPERATOR_MYSQL_DSN: account.dsn,
    LICENSEOPERATOR_MYSQL_TLS_CA: account.tls.ca,
    LICENSEOPERATOR_MYSQL_TLS_CERT: account.tls.cert,
    LICENSEOPERATOR_MYSQL_TLS_KEY: account.tls.key,
  })
  await connections.mysqlReady()
  await connections.requests.ping()
}, 30_000)
