import { randomUUID } from 'node:crypto'
import { DiscardPolicy } from 'nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectNats } from './connect-nats.ts'
import { MessageTooLarge, StreamFull, StreamMissing } from './event-errors.ts'
import { publishDurably } from './publish-durably.ts'
import { openTestNats, recordedLog, type TestNats, testNatsUrl } from './testing/nats.ts'

let nats: TestNats
beforeAll(async () => {
  nats = await openTestNats()
})
afterAll(() => nats.end())

async function aStream(limits: { max_msgs?: number; max_msg_size?: number } = {}) {
  const subject = nats.aSubject()
  const stream = `publish_${randomUUID()}`
  await nats.manager.streams.add({ name: stream, subjects: [subject], discard: DiscardPolicy.New, ...limits })
  return { subject, stream, stored: async () => (await nats.manager.streams.info(stream)).state.messages }
}

const data = Buffer.from('{}')

test('publishing an id twice stores one message, and both are told where it is', async () => {
  const { subject, stream, stored } = await aStream()
  const first = await publishDurably(nats.connection, { subject, data, messageId: 'evt_1' })
  const second = await publishDurably(nats.connection, { subject, data, messageId: 'evt_1' })
  expect(first).toEqual({ stream, sequence: 1, duplicate: false })
  expect(second).toEqual({ stream, sequence: 1, duplicate: true })
  expect(await stored()).toBe(1)
})

test('a message as large as allowed arrives; one byte more is refused before it is sent', async () => {
  const { subject, stored } = await aStream()
  const limit = (nats.connection.info?.max_payload ?? 0) - 4096
  const messageId = 'evt_large'
  const largest = Buffer.alloc(limit - messageId.length)
  await publishDurably(nats.connection, { subject, data: largest, messageId })
  const tooLarge = Buffer.alloc(largest.length + 1)
  await expect(publishDurably(nats.connection, { subject, data: tooLarge, messageId })).rejects.toThrow(MessageTooLarge)
  expect(await stored()).toBe(1)
})

test('a stream that allows less than the server says too large as well', async () => {
  const { subject } = await aStream({ max_msg_size: 100 })
  const publishing = publishDurably(nats.connection, { subject, data: Buffer.alloc(200), messageId: 'evt_1' })
  await expect(publishing).rejects.toThrow(MessageTooLarge)
})

test('a full stream refuses and keeps what it acknowledged', async () => {
  const { subject, stored } = await aStream({ max_msgs: 2 })
  for (const messageId of ['evt_1', 'evt_2']) await publishDurably(nats.connection, { subject, data, messageId })
  await expect(publishDurably(nats.connection, { subject, data, messageId: 'evt_3' })).rejects.toThrow(StreamFull)
  expect(await stored()).toBe(2)
})

test('a subject without a stream is told apart from a server that is away', async () => {
  const publishing = publishDurably(nats.connection, { subject: nats.aSubject(), data, messageId: 'evt_1' })
  await expect(publishing).rejects.toThrow(StreamMissing)
})

test('a listener that is no stream never counts as stored', async () => {
  const subject = nats.aSubject()
  const silent = nats.connection.subscribe(subject)
  const publishing = publishDurably(nats.connection, { subject, data, messageId: 'evt_1', attempts: 2, attemptTimeoutMs: 50 })
  await expect(publishing).rejects.toMatchObject({ name: 'EventsUnavailable' })
  silent.unsubscribe()
})

test('nothing is published over a closed connection', async () => {
  const connection = await connectNats({ url: testNatsUrl(), name: 'closed', log: recordedLog() })
  await connection.close()
  const publishing = publishDurably(connection, { subject: nats.aSubject(), data, messageId: 'evt_1' })
  await expect(publishing).rejects.toMatchObject({ name: 'EventsUnavailable' })
})
