import { afterEach, expect, test, vi } from 'vitest'
import { connectNats } from './connect-nats.ts'
import { type NatsLink, openNatsLink } from './nats-link.ts'
import { ping } from './ping.ts'
import { publishDurably } from './publish-durably.ts'
import { NatsProxy, recordedLog, testNatsUrl } from './testing/nats.ts'

const proxy = new NatsProxy()
let link: NatsLink | undefined
afterEach(async () => {
  await link?.close()
  await proxy.cut()
})

/** A port on which nothing listens now. */
async function aClosedPort(): Promise<void> {
  await proxy.open()
  await proxy.cut()
}

test('a service starts while NATS is absent and is connected once it is there', async () => {
  await aClosedPort()
  link = openNatsLink({ url: proxy.url, name: 'link-test', log: recordedLog() })
  await expect(link.ready(300)).rejects.toThrow(`NATS at 127.0.0.1:${proxy.port} cannot be reached`)
  expect(link.connected).toBe(false)
  await proxy.open()
  await ping(await link.ready(10_000), 5000)
  expect(link.connected).toBe(true)
})

test('while the connection is lost, publishing fails at once; the same connection works when NATS is back', async () => {
  await proxy.open()
  const log = recordedLog()
  link = openNatsLink({ url: proxy.url, name: 'link-test', log })
  const kept = link
  const connection = await kept.ready(10_000)
  await proxy.cut()
  await vi.waitFor(() => expect(kept.connected).toBe(false), 5000)
  await expect(ping(connection, 60_000)).rejects.toThrow('NATS is not connected')
  const message = { subject: 'test.nobody', data: Buffer.from('x'), messageId: '1', attemptTimeoutMs: 60_000 }
  await expect(publishDurably(connection, message)).rejects.toThrow('NATS is not connected')
  await proxy.open()
  expect(await kept.ready(10_000)).toBe(connection)
  await ping(connection, 5000)
  expect(log.lines.map((line) => line.message)).toEqual([
    'connected to NATS',
    'NATS connection lost, reconnecting',
    'NATS connection is back',
  ])
})

test('an absence longer than the client would tolerate by itself is survived', async () => {
  await proxy.open()
  link = openNatsLink({ url: proxy.url, name: 'link-test', log: recordedLog() })
  const connection = await link.ready(10_000)
  expect(connection.getServer()).toBe(`127.0.0.1:${proxy.port}`)
  // The client removes a server from its list after maxReconnectAttempts; three cuts in a row each need a fresh start of that count.
  for (let round = 0; round < 3; round += 1) {
    await proxy.cut()
    await vi.waitFor(() => expect(link?.connected).toBe(false), 5000)
    await proxy.open()
    expect(await link.ready(10_000)).toBe(connection)
  }
})

test('closing ends every wait, also before the first connect and while the connection is lost', async () => {
  await aClosedPort()
  link = openNatsLink({ url: proxy.url, name: 'link-test', log: recordedLog() })
  const waiting = expect(link.ready(60_000)).rejects.toThrow('the NATS connection is closed')
  await link.close()
  await waiting

  await proxy.open()
  const lost = openNatsLink({ url: proxy.url, name: 'link-test', log: recordedLog() })
  const connection = await lost.ready(10_000)
  await proxy.cut()
  await vi.waitFor(() => expect(lost.connected).toBe(false), 5000)
  await lost.close()
  expect(connection.isClosed()).toBe(true)
})

test('a command that cannot connect ends in one sentence without the password', async () => {
  await aClosedPort()
  const log = recordedLog()
  const url = proxy.url.replace('nats://', 'nats://relay:s3cret@')
  const error = await connectNats({ url, name: 'cli', log, waitMs: 200 }).then(undefined, (reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'EventsUnavailable', message: `NATS at 127.0.0.1:${proxy.port} cannot be reached` })
  expect(JSON.stringify(log.lines)).not.toContain('s3cret')
})

test('a connection that its owner closed stays closed', async () => {
  const log = recordedLog()
  const connection = await connectNats({ url: testNatsUrl(), name: 'cli', log })
  await connection.close()
  expect(connection.isClosed()).toBe(true)
  await expect(ping(connection, 1000)).rejects.toMatchObject({ name: 'EventsUnavailable' })
  expect(log.lines.map((line) => line.message)).toEqual(['connected to NATS'])
})
