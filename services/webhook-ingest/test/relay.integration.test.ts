import { inTransaction, openDatabase, outbox } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase, testMysqlAccount } from '@licenseoperator/db/testing'
import { silentLog } from '@licenseoperator/domain'
import { EventsUnavailable, findMessage, publishDurably } from '@licenseoperator/events'
import { connect, type NatsConnection } from 'nats'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { Connections } from '../src/connections.ts'
import { publishedBefore } from '../src/relay/published-before.ts'
import { type RelayDeps, relayOnce, runRelay } from '../src/relay/run-relay.ts'
import { aConfig } from './a-start.ts'

const HOUR_MS = 3_600_000
let database: TestDatabase
let nats: NatsConnection
let subject: string
let stream: string

beforeAll(async () => {
  database = await createTestDatabase({ maxConnections: 12, acquireMs: 20_000, holdMs: 20_000 })
  nats = await connect({ servers: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '' })
})
afterAll(async () => {
  await nats.close()
  await database.drop()
})
beforeEach(async () => {
  stream = `relay_${crypto.randomUUID()}`
  subject = `relay.${crypto.randomUUID()}`
  await (await nats.jetstreamManager()).streams.add({ name: stream, subjects: [subject] })
  await database.db.deleteFrom('outbox').execute()
})
afterEach(async () => {
  await (await nats.jetstreamManager()).streams.delete(stream)
})

function relay(fields: Partial<RelayDeps> = {}): RelayDeps {
  return {
    db: database.db,
    publish: async (message) => void (await publishDurably(nats, message)),
    isPublished: (message) => findMessage(nats, { stream, ...message }),
    log: silentLog,
    now: () => new Date(),
    owner: crypto.randomUUID(),
    ...fields,
  }
}

async function announce(count: number, at = new Date()): Promise<void> {
  await inTransaction(database.db, async (tx) => {
    for (let index = 0; index < count; index += 1) {
      await outbox.add(tx, { messageId: `${subject}:L-${index}`, subject, payload: Buffer.from(`{"n":${index}}`) }, at)
    }
  })
}

async function messages(): Promise<number> {
  return (await (await nats.jetstreamManager()).streams.info(stream)).state.messages
}

test('five relays at once publish each announcement once', async () => {
  await announce(120)
  const published = await Promise.all([1, 2, 3, 4, 5].map(() => relayOnce(relay())))
  expect(published.reduce((sum, count) => sum + count, 0)).toBe(120)
  expect(await messages()).toBe(120)
  expect((await outbox.backlog(database.db)).count).toBe(0)
})

test('a relay that dies after the PubAck: the next one publishes again, the stream keeps one', async () => {
  await announce(1)
  const dying = relay({
    publish: async (message) => {
      await publishDurably(nats, message)
      throw new Error('died before it could mark')
    },
  })
  expect(await relayOnce(dying)).toBe(0)
  expect((await outbox.backlog(database.db)).count).toBe(1)
  const later = new Date(Date.now() + 60_000)
  expect(await relayOnce(relay({ now: () => later }))).toBe(1)
  expect(await messages()).toBe(1)
})

test('what the broker refuses stays, and does not hold up the rest', async () => {
  await announce(3)
  const said: unknown[] = []
  const picky = relay({
    log: { ...silentLog, warn: (_message, fields) => void said.push(fields) },
    publish: async (message) => {
      if (message.messageId.endsWith('L-1')) throw new EventsUnavailable('NATS at 127.0.0.1:9 cannot be reached')
      await publishDurably(nats, message)
    },
  })
  expect(await relayOnce(picky)).toBe(2)
  expect(await messages()).toBe(2)
  expect((await outbox.backlog(database.db)).count).toBe(1)
  expect(said).toEqual([{ count: 1, reason: expect.stringContaining('NATS at 127.0.0.1:9 cannot be reached') }])
})

test('a relay whose MySQL is away says which service, where and why', async () => {
  const away = openDatabase({ ...testMysqlAccount(), port: 9 })
  const leaving = new AbortController()
  const said: unknown[] = []
  const log = {
    ...silentLog,
    warn: (message: string, fields?: object) => {
      said.push({ message, ...fields })
      leaving.abort()
    },
  }
  await runRelay(relay({ db: away.db, log, reach: { mysql: { host: '127.0.0.1', port: 9 } } }), leaving.signal)
  await away.close()
  const reason = 'MySQL at 127.0.0.1:9 cannot be reached: nothing listens there (ECONNREFUSED)'
  expect(said).toEqual([{ message: 'announcements wait', reason }])
})

test('an announcement older than the duplicate window is looked for before it is published', async () => {
  const longAgo = new Date(Date.now() - 30 * HOUR_MS)
  await announce(2, longAgo)
  await publishDurably(nats, { subject, messageId: `${subject}:L-0`, data: Buffer.from('{"n":0}') })
  const asked: string[] = []
  const careful = relay({
    isPublished: async (message) => {
      asked.push(message.messageId)
      return findMessage(nats, { stream, ...message })
    },
    // Without the look the stream would take it again: its window knows nothing of this publisher.
    publish: async (message) => void (await publishDurably(nats, { ...message, messageId: `${message.messageId}:again` })),
  })
  expect(await relayOnce(careful)).toBe(2)
  expect(asked.sort()).toEqual([`${subject}:L-0`, `${subject}:L-1`])
  expect(await messages()).toBe(2)
})

test('a batch of old announcements is looked for in one walk through the stream, and the next batch in none', async () => {
  const config = await aConfig(
    { database, emulator: { url: 'http://127.0.0.1:9', apiKey: 'sk_test_none' } },
    {
      LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '',
      LICENSEOPERATOR_NATS_SUBJECT_LICENSE_ISSUED: subject,
    },
  )
  const connections = new Connections(config, silentLog, ['relay'])
  onTestFinished(() => connections.close())
  await connections.streams()
  await announce(100, new Date(Date.now() - 30 * HOUR_MS))
  await publishDurably(nats, { subject, messageId: `${subject}:L-0`, data: Buffer.from('{"n":0}') })
  let asked = 0
  const watching = nats.subscribe('$JS.API.>', {
    callback: (_, { subject: about }) => {
      if (about.split('.').includes(stream)) asked += 1
    },
  })
  onTestFinished(() => watching.unsubscribe())
  await nats.flush()
  const counted = async () => {
    await nats.flush()
    const count = asked
    asked = 0
    return count
  }
  const careful = relay({ isPublished: publishedBefore(connections, subject) })
  expect(await relayOnce(careful)).toBe(50)
  // Information, a consumer, its information, the messages, and its end.
  expect(await counted()).toBe(5)
  expect(await relayOnce(careful)).toBe(50)
  expect(await counted()).toBe(5)
  expect(await messages()).toBe(100)
})
