import { readFileSync } from 'node:fs'
import {
  announceCatalogChange,
  consume,
  ensureStream,
  MessageIndex,
  type NatsLink,
  onCatalogChange,
  openNatsLink,
  ping,
  publishDurably,
  streamNameFor,
} from '@licenseoperator/events'
import { type PrivateNats, startNats } from '@licenseoperator/stack'
import type { NatsConnection } from 'nats'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { aLog } from '../a-start.ts'

// The server runs with what the README tells operators to configure.
const readme = readFileSync(new URL('../../../../packages/events/README.md', import.meta.url), 'utf8')
const configuration = /```conf\n(.*?)```/s.exec(readme)?.[1] ?? ''
const issued = 'licenseoperator.license.issued'
const webhook = 'licenseoperator.stripe.webhook.event'
const options = { subjectLicenseIssued: issued, subjectStripeWebhook: webhook, licenseIssuedRetention: 'limits' } as const
const names = { receiver: 'licenseoperator-receiver', processor: 'licenseoperator-processor', relay: 'licenseoperator-relay' }
const others = { notifier: 'licenseoperator-notifier', api: 'licenseoperator-api', 'welcome-mail': 'welcome-mail' }
const users = { ...names, ...others } as const
type User = keyof typeof users

let server: PrivateNats
const links: NatsLink[] = []
beforeAll(async () => {
  server = await startNats(configuration)
  await ensureStream(await as('receiver'), options, 'webhook')
  await ensureStream(await as('relay'), options, 'licenseIssued')
})
afterEach(() => closeAll())
afterAll(async () => {
  await closeAll()
  await server.stop()
})

const closeAll = async () => void (await Promise.all(links.splice(0).map((link) => link.close())))

function linkOf(user: User, log = aLog()): NatsLink {
  const link = openNatsLink({ url: `nats://${user}:change%20me@127.0.0.1:${server.port}`, name: users[user], log })
  links.push(link)
  return link
}

const as = (user: User): Promise<NatsConnection> => linkOf(user).ready(10_000)

async function publish(user: User, subject: string, messageId: string = crypto.randomUUID()) {
  return publishDurably(await as(user), { subject, data: Buffer.from('{}'), messageId })
}

/** Consumes as this user until something came. @returns the log, for what came instead */
async function consumeOne(user: User, subject: string, durable: string) {
  const stopping = new AbortController()
  const log = aLog()
  const got: string[] = []
  const consuming = consume(
    await as(user),
    {
      stream: streamNameFor(subject),
      durable,
      filterSubject: subject,
      signal: stopping.signal,
      log,
      onMissing: async () => undefined,
    },
    async ({ messageId }) => {
      got.push(messageId)
      return { kind: 'done' }
    },
  )
  await vi.waitFor(() => expect([...got, ...log.said]).not.toEqual([]), { timeout: 20_000, interval: 20 })
  stopping.abort()
  await consuming
  return { got, log }
}

/** What is not acknowledged comes again, which nobody sees who stops after the first. */
async function isAcknowledged(user: User, subject: string, durable: string): Promise<void> {
  const { consumers } = await (await as(user)).jetstreamManager({ checkAPI: false })
  await vi.waitFor(async () => {
    const { num_ack_pending: waiting, ack_floor: floor } = await consumers.info(streamNameFor(subject), durable)
    expect([waiting, floor.stream_seq]).toEqual([0, 1])
  }, 10_000)
}

test('receiver and processor: one publishes webhooks, the other consumes them, both are healthy', async () => {
  for (const user of ['receiver', 'processor'] as const) {
    const connection = await as(user)
    await ping(connection, 5000)
    expect(await ensureStream(connection, options, 'webhook')).toBe(streamNameFor(webhook))
  }
  await publish('receiver', webhook, 'evt_1')
  expect((await consumeOne('processor', webhook, 'licenseoperator_processor')).got).toEqual(['evt_1'])
  await isAcknowledged('processor', webhook, 'licenseoperator_processor')
})

test('relay and a team: one announces licenses and looks old ones up, the other consumes them', async () => {
  const relay = await as('relay')
  await ping(relay, 5000)
  expect(await ensureStream(relay, options, 'licenseIssued')).toBe(streamNameFor(issued))
  await publish('relay', issued, 'L-1')
  const index = new MessageIndex({ stream: streamNameFor(issued), subject: issued })
  const since = new Date(Date.now() - 60_000)
  expect([await index.has(relay, 'L-1', since), await index.has(relay, 'L-2', since)]).toEqual([true, false])
  expect((await consumeOne('welcome-mail', issued, 'welcome-mail')).got).toEqual(['L-1'])
  await isAcknowledged('welcome-mail', issued, 'welcome-mail')
})

test('the notifier consumes announcements beside a team', async () => {
  const notifier = await as('notifier')
  await ping(notifier, 5000)
  expect(await ensureStream(notifier, options, 'licenseIssued')).toBe(streamNameFor(issued))
  await publish('relay', issued, 'L-2')
  expect((await consumeOne('notifier', issued, 'licenseoperator_notifier')).got).not.toEqual([])
})

test('two instances of the api tell each other of a change', async () => {
  const stopping = new AbortController()
  let changes = 0
  const onChange = () => {
    changes += 1
  }
  const listening = onCatalogChange(linkOf('api'), onChange, stopping.signal)
  const other = linkOf('api')
  await ping(await other.ready(10_000), 5000)
  await vi.waitFor(() => {
    announceCatalogChange(other)
    expect(changes).toBeGreaterThan(0)
  }, 10_000)
  stopping.abort()
  await listening
})

test.each([
  ['receiver', issued],
  ['processor', webhook],
  ['processor', issued],
  ['relay', webhook],
  ['notifier', webhook],
  ['notifier', issued],
  ['api', webhook],
  ['api', issued],
  ['welcome-mail', issued],
  ['welcome-mail', webhook],
] as const)('%s may not publish to %s', async (user, subject) => {
  await expect(publish(user, subject)).rejects.toThrow(`NATS does not allow this user to publish to ${subject}`)
})

test('what a user may not do is logged once', async () => {
  const log = aLog()
  const link = linkOf('processor', log)
  const connection = await link.ready(10_000)
  for (const messageId of ['1', '2'])
    await expect(publishDurably(connection, { subject: webhook, data: Buffer.from('{}'), messageId })).rejects.toThrow()
  expect(log.said.filter(({ level }) => level === 'warn')).toEqual([
    expect.objectContaining({ fields: { server: `127.0.0.1:${server.port}`, code: 'PERMISSIONS_VIOLATION' } }),
  ])
})

test.each([
  ['receiver', webhook, 'licenseoperator_processor'],
  ['relay', webhook, 'licenseoperator_processor'],
  ['api', issued, 'welcome-mail'],
  ['processor', issued, 'welcome-mail'],
  ['processor', issued, 'licenseoperator_notifier'],
  ['notifier', webhook, 'licenseoperator_processor'],
  ['welcome-mail', webhook, 'licenseoperator_processor'],
] as const)('%s may not consume %s', async (user, subject, durable) => {
  await publish(subject === issued ? 'relay' : 'receiver', subject)
  const { got, log } = await consumeOne(user, subject, durable)
  expect(got).toEqual([])
  expect(JSON.stringify(log.said)).toContain('Permissions Violation')
})

test.each(Object.keys(users) as User[])('%s may not delete or purge a stream, nor read the answers to another', async (user) => {
  const connection = await as(user)
  const manager = await connection.jetstreamManager({ checkAPI: false })
  for (const subject of [issued, webhook]) {
    const violation = { code: 'PERMISSIONS_VIOLATION' }
    await expect(manager.streams.delete(streamNameFor(subject))).rejects.toMatchObject(violation)
    await expect(manager.streams.purge(streamNameFor(subject))).rejects.toMatchObject(violation)
  }
  const other = user === 'relay' ? '_INBOX_licenseoperator_receiver.>' : '_INBOX_licenseoperator_relay.>'
  const refused = new Promise((resolve) => connection.subscribe(other, { callback: (error) => resolve(error) }))
  expect(await refused).toMatchObject({ code: 'PERMISSIONS_VIOLATION' })
})
