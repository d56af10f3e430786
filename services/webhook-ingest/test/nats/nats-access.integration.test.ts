import { connectNats, type NatsAccess } from '@licenseoperator/events'
import { startNats } from '@licenseoperator/stack'
import { nkeys } from 'nats'
import { expect, onTestFinished, test } from 'vitest'
import { aLog } from '../a-start.ts'
import { testCertificates } from './certificates.ts'
import { testAccount } from './nats-accounts.ts'

const hidden = (text: string) => ({ reveal: () => text })

async function aServer(configuration: string, files?: Record<string, string>) {
  const server = await startNats(configuration, files)
  onTestFinished(() => server.stop())
  return server
}

/** Connects and asks the server for an answer. */
async function reach(access: NatsAccess): Promise<string> {
  const log = aLog()
  try {
    const connection = await connectNats({ ...access, name: 'access-test', log, waitMs: 2000 })
    await connection.flush()
    await connection.close()
    return 'connected'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    const said = JSON.stringify(log.said)
    for (const secret of ['SU', 'PRIVATE', 'a%20word', 'a word']) expect(said).not.toContain(secret)
  }
}

test('user and password, or a token, stand in the URL', async () => {
  const byUser = await aServer('authorization { users: [{ user: "ada", password: "a word" }] }')
  expect(await reach({ url: `nats://ada:a%20word@127.0.0.1:${byUser.port}` })).toBe('connected')
  expect(await reach({ url: `nats://ada:other@127.0.0.1:${byUser.port}` })).toContain('refuses the credentials')
  const byToken = await aServer('authorization { token: "a word" }')
  expect(await reach({ url: hidden(`nats://a%20word@127.0.0.1:${byToken.port}`) })).toBe('connected')
})

test('an NKey', async () => {
  const user = nkeys.createUser()
  const seed = (pair: typeof user) => new TextDecoder().decode(pair.getSeed())
  const { port } = await aServer(`authorization { users: [{ nkey: ${user.getPublicKey()} }] }`)
  const url = `nats://127.0.0.1:${port}`
  expect(await reach({ url, nkeySeed: hidden(seed(user)) })).toBe('connected')
  expect(await reach({ url, nkeySeed: seed(nkeys.createUser()) })).toContain('refuses the credentials')
  expect(await reach({ url })).toContain('refuses the credentials')
})

test('a credentials file', async () => {
  const account = testAccount()
  const { port } = await aServer(account.configuration)
  const url = `nats://127.0.0.1:${port}`
  expect(await reach({ url, credentials: hidden(account.credentials) })).toBe('connected')
  expect(await reach({ url, credentials: testAccount().credentials })).toContain('refuses the credentials')
})

test('an authority of its own and a client certificate; without them, or without TLS, there is no connection', async () => {
  const { ca, server, client } = testCertificates()
  const files = { 'ca.pem': ca, 'server.pem': server.cert, 'server.key': server.key }
  const tls =
    'tls { cert_file: "$FOLDER/server.pem", key_file: "$FOLDER/server.key", ca_file: "$FOLDER/ca.pem", verify: true, timeout: 5 }'
  const { port } = await aServer(tls, files)
  const url = `nats://localhost:${port}`
  expect(await reach({ url, tls: { ca, cert: client.cert, key: hidden(client.key) } })).toBe('connected')
  expect(await reach({ url, tls: { ca } })).toContain('cannot be reached')
  const other = testCertificates()
  expect(await reach({ url, tls: { ca: other.ca, cert: client.cert, key: client.key } })).toContain('cannot be reached')
  const plain = await aServer('')
  expect(await reach({ url: `nats://localhost:${plain.port}`, tls: { ca } })).toContain('cannot be reached')
})
