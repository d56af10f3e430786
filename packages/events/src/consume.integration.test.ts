import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AckPolicy, nanos } from 'nats'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { connectNats } from './connect-nats.ts'
import { type ConsumeOptions, consume } from './consume.ts'
import type { ConsumedMessage, HandlerResult, MessageHandler } from './handle-message.ts'
import { publishDurably } from './publish-durably.ts'
import { ensureStreams, openTestNats, recordedLog, type TestNats, testNatsUrl } from './testing/nats.ts'

let nats: TestNats
beforeAll(async () => {
  nats = await openTestNats()
})
afterAll(() => nats.end())

const done: HandlerResult = { kind: 'done' }
const textOf = (message: ConsumedMessage) => Buffer.from(message.data).toString()
const poll = { timeout: 15_000, interval: 20 }

/** A webhook stream with helpers; every consumer that a test starts is stopped at its end. */
async function aQueue() {
  const subject = nats.aSubject()
  const make = () =>
    ensureStreams(nats.connection, {
      subjectStripeWebhook: subject,
      subjectLicenseIssued: `${subject}.issued`,
      licenseIssuedRetention: 'limits',
    })
  const { webhookStream: stream } = await make()
  const durable = `processor_${randomUUID()}`
  const start = (handler: MessageHandler, options: Partial<ConsumeOptions> = {}) => {
    const stopping = new AbortController()
    const log = recordedLog()
    const onMissing = async () => void (await make())
    const defaults = { stream, durable, filterSubject: subject, signal: stopping.signal, log, onMissing }
    const ended = consume(nats.connection, { ...defaults, ...options }, handler)
    const stop = () => {
      stopping.abort()
      return ended
    }
    onTestFinished(stop)
    return { stop, log, abort: () => stopping.abort(), ended }
  }
  const publish = async (...ids: string[]) => {
    for (const messageId of ids) await publishDurably(nats.connection, { subject, data: Buffer.from(messageId), messageId })
  }
  const left = async () => (await nats.manager.streams.info(stream)).state.messages
  return { subject, stream, durable, start, publish, left }
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `evt_${index}`)

test('a handled message is acknowledged and gone, and the handler gets what was published', async () => {
  const queue = await aQueue()
  const seen: ConsumedMessage[] = []
  queue.start(async (message) => {
    seen.push(message)
    return done
  })
  await queue.publish('evt_1')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({ messageId: 'evt_1', deliveryCount: 1, streamSequence: 1 })
  expect(seen.map(textOf)).toEqual(['evt_1'])
  expect(seen[0]?.publishedAt.getTime()).toBeGreaterThan(Date.now() - 60_000)
})

test('a message that is given back comes again, until it is done', async () => {
  const queue = await aQueue()
  const deliveries: number[] = []
  queue.start(async ({ deliveryCount }) => {
    deliveries.push(deliveryCount)
    return deliveryCount < 3 ? { kind: 'retry', afterMs: 10 } : done
  })
  await queue.publish('evt_1')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  expect(deliveries).toEqual([1, 2, 3])
})

test('a handler that throws gets the message again with a rising delivery count, and the log shows no payload', async () => {
  const queue = await aQueue()
  const deliveries: number[] = []
  const { log } = queue.start(async ({ deliveryCount }) => {
    deliveries.push(deliveryCount)
    if (deliveryCount < 3) throw new TypeError('secret payload')
    return done
  })
  await queue.publish('evt_1')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  expect(deliveries).toEqual([1, 2, 3])
  expect(log.lines.map((line) => line.fields)).toEqual([
    { messageId: 'evt_1', deliveryCount: 1, reason: 'TypeError' },
    { messageId: 'evt_1', deliveryCount: 2, reason: 'TypeError' },
  ])
})

test('one message that fails does not hold up the others', async () => {
  const queue = await aQueue()
  const handled: string[] = []
  queue.start(
    async (message) => {
      if (message.messageId === 'evt_0') return { kind: 'retry', afterMs: 60_000 }
      handled.push(message.messageId)
      return done
    },
    { concurrency: 1 },
  )
  await queue.publish(...ids(5))
  await vi.waitFor(async () => expect(await queue.left()).toBe(1), poll)
  expect(handled).toEqual(['evt_1', 'evt_2', 'evt_3', 'evt_4'])
})

test('two consumers of a durable share the work: each message is handled once', async () => {
  const queue = await aQueue()
  const handled: string[] = []
  const workers = new Set<string>()
  const worker =
    (name: string): MessageHandler =>
    async (message) => {
      handled.push(message.messageId)
      workers.add(name)
      // A worker that is busy leaves the rest to the other.
      await vi.waitFor(() => expect(workers.size).toBe(2), poll)
      return done
    }
  queue.start(worker('one'), { concurrency: 2, maxMessages: 2 })
  queue.start(worker('two'), { concurrency: 2, maxMessages: 2 })
  await queue.publish(...ids(40))
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  expect(handled.toSorted()).toEqual(ids(40).toSorted())
})

test('never more handlers run than allowed', async () => {
  const queue = await aQueue()
  let running = 0
  let most = 0
  queue.start(
    async () => {
      running += 1
      most = Math.max(most, running)
      await sleep(5)
      running -= 1
      return done
    },
    { concurrency: 3 },
  )
  await queue.publish(...ids(30))
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  expect(most).toBe(3)
})

test('a handler slower than the ack wait keeps its message', async () => {
  const queue = await aQueue()
  const deliveries: number[] = []
  queue.start(
    async ({ deliveryCount }) => {
      deliveries.push(deliveryCount)
      await sleep(3500)
      return done
    },
    { ackWaitMs: 1500 },
  )
  await queue.publish('evt_1')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  expect(deliveries).toEqual([1])
})

test('after the signal, what is in flight is finished and what was only fetched goes to another consumer at once', async () => {
  const queue = await aQueue()
  const finish = Promise.withResolvers<void>()
  const began: string[] = []
  const first = queue.start(
    async (message) => {
      began.push(message.messageId)
      await finish.promise
      return done
    },
    { concurrency: 1, maxMessages: 5 },
  )
  await queue.publish(...ids(5))
  const pending = async () => (await nats.manager.consumers.info(queue.stream, queue.durable)).num_ack_pending
  await vi.waitFor(async () => expect([await pending(), began]).toEqual([5, ['evt_0']]), poll)
  first.abort()
  finish.resolve()
  await first.ended
  expect(began).toEqual(['evt_0'])
  expect(await queue.left()).toBe(4)

  const rest: string[] = []
  queue.start(async (message) => {
    rest.push(message.messageId)
    return done
  })
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), { ...poll, timeout: 10_000 })
  expect(rest.toSorted()).toEqual(ids(5).slice(1))
})

test('a handler that hangs does not hold up the end', async () => {
  const queue = await aQueue()
  const began = Promise.withResolvers<void>()
  const { stop } = queue.start(
    () => {
      began.resolve()
      return new Promise(() => undefined)
    },
    { concurrency: 1, stopMs: 50 },
  )
  await queue.publish(...ids(3))
  await began.promise
  await stop()
  expect(await queue.left()).toBe(3)
})

test('a consumer that is deleted under us is made again, and no message is lost', async () => {
  const queue = await aQueue()
  const handled: string[] = []
  queue.start(async (message) => {
    handled.push(message.messageId)
    return done
  })
  await queue.publish('evt_1')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  await nats.manager.consumers.delete(queue.stream, queue.durable)
  await queue.publish('evt_2')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  expect(handled).toEqual(['evt_1', 'evt_2'])
})

test('a stream that is deleted under us is made again, and work goes on', async () => {
  const queue = await aQueue()
  const handled: string[] = []
  queue.start(async (message) => {
    handled.push(message.messageId)
    return done
  })
  await queue.publish('evt_1')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  await nats.manager.streams.delete(queue.stream)
  await vi.waitFor(() => queue.publish('evt_2'), poll)
  await vi.waitFor(() => expect(handled).toEqual(['evt_1', 'evt_2']), poll)
})

test('a stream that came back under another name is consumed', async () => {
  const queue = await aQueue()
  const handled: string[] = []
  const name = `renamed_${randomUUID()}`
  const onMissing = async () => void (await nats.manager.streams.add({ name, subjects: [queue.subject] }))
  queue.start(
    async (message) => {
      handled.push(message.messageId)
      return done
    },
    { onMissing },
  )
  await queue.publish('evt_1')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  await nats.manager.streams.delete(queue.stream)
  await vi.waitFor(() => queue.publish('evt_2'), poll)
  await vi.waitFor(() => expect(handled).toEqual(['evt_1', 'evt_2']), poll)
})

test('a connection that is closed under us ends the consumer with an error instead of silence', async () => {
  const queue = await aQueue()
  const connection = await connectNats({ url: testNatsUrl(), name: 'closing', log: recordedLog() })
  const { stream, durable, subject: filterSubject } = queue
  const began = Promise.withResolvers<void>()
  const handler = async () => {
    began.resolve()
    return done
  }
  const options = { stream, durable, filterSubject, signal: new AbortController().signal, log: recordedLog() }
  const ended = consume(connection, { ...options, onMissing: async () => undefined }, handler)
  await queue.publish('evt_1')
  await began.promise
  await connection.close()
  await expect(ended).rejects.toMatchObject({ name: 'EventsUnavailable' })
})

test('messages that wait for their turn for longer than the ack wait are handled once', async () => {
  const queue = await aQueue()
  await queue.publish(...ids(40))
  const handled: string[] = []
  queue.start(
    async (message) => {
      handled.push(message.messageId)
      await sleep(150)
      return done
    },
    { concurrency: 1, maxMessages: 20, ackWaitMs: 1000 },
  )
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  expect(handled).toEqual(ids(40))
})

test('never more messages are held than allowed: the rest is for others', async () => {
  const queue = await aQueue()
  await queue.publish(...ids(40))
  const finish = Promise.withResolvers<void>()
  queue.start(
    async () => {
      await finish.promise
      return done
    },
    { concurrency: 2, maxMessages: 6 },
  )
  const pending = async () => (await nats.manager.consumers.info(queue.stream, queue.durable)).num_ack_pending
  await vi.waitFor(async () => expect(await pending()).toBe(6), poll)
  await sleep(300)
  expect(await pending()).toBe(6)
  finish.resolve()
})

test('a durable that exists with other options is brought to ours', async () => {
  const queue = await aQueue()
  await nats.manager.consumers.add(queue.stream, {
    durable_name: queue.durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(5000),
    max_ack_pending: 3,
    max_deliver: 7,
    description: 'made by hand',
  })
  queue.start(async () => done)
  await queue.publish('evt_1')
  await vi.waitFor(async () => expect(await queue.left()).toBe(0), poll)
  const { config } = await nats.manager.consumers.info(queue.stream, queue.durable)
  expect(config).toMatchObject({ ack_wait: nanos(30_000), max_ack_pending: 64, max_deliver: -1, filter_subject: queue.subject })
})

test('a durable that cannot be used is refused in one clear line, and used once it is gone', async () => {
  const { subject } = await aQueue()
  const stream = `limits_${randomUUID()}`
  const durable = `taken_${randomUUID()}`
  const other = `${subject}.other`
  await nats.manager.streams.add({ name: stream, subjects: [other] })
  await nats.manager.consumers.add(stream, { durable_name: durable, ack_policy: AckPolicy.None })
  const stopping = new AbortController()
  const log = recordedLog()
  const handled: string[] = []
  const options = { stream, durable, filterSubject: other, signal: stopping.signal, log, onMissing: async () => undefined }
  const ended = consume(nats.connection, options, async ({ messageId }) => {
    handled.push(messageId)
    return done
  })
  await vi.waitFor(() => expect(log.lines).not.toEqual([]), poll)
  await sleep(600) // several tries later it is still the only line
  const reason = `the consumer ${durable} of the stream ${stream} cannot be used: its ack policy is none, not explicit. Delete it, and it is made anew`
  expect(log.lines).toEqual([
    { level: 'error', message: 'nothing is consumed until this is mended', fields: { durable, reason } },
  ])
  await nats.manager.consumers.delete(stream, durable)
  await publishDurably(nats.connection, { subject: other, data: Buffer.from('x'), messageId: 'evt_1' })
  await vi.waitFor(() => expect(handled).toEqual(['evt_1']), poll)
  stopping.abort()
  await ended
})
