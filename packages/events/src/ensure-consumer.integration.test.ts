import { randomUUID } from 'node:crypto'
import { AckPolicy, nanos, RetentionPolicy } from 'nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureConsumer } from './ensure-consumer.ts'
import { openTestNats, type TestNats } from './testing/nats.ts'

let nats: TestNats
beforeAll(async () => {
  nats = await openTestNats()
})
afterAll(() => nats.end())

async function aStream(retention = RetentionPolicy.Limits) {
  const subject = nats.aSubject()
  const stream = `durables_${randomUUID()}`
  await nats.manager.streams.add({ name: stream, subjects: [`${subject}.>`], retention })
  const durable = `durable_${randomUUID()}`
  const wanted = { durable, filterSubject: `${subject}.a`, ackWaitMs: 30_000, maxAckPending: 64 }
  return { stream, durable, subject, wanted }
}

test('a durable with a backoff of its own waits as long as ours does', async () => {
  const { stream, durable, subject, wanted } = await aStream()
  await nats.manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    filter_subject: `${subject}.b`,
    max_deliver: 5,
    backoff: [nanos(1000), nanos(2000)],
  })
  await ensureConsumer(nats.manager, stream, wanted)
  const { config } = await nats.manager.consumers.info(stream, durable)
  expect(config).toMatchObject({ ack_wait: nanos(30_000), filter_subject: wanted.filterSubject, max_deliver: -1 })
  expect(config.backoff ?? []).toEqual([])
})

test('a durable that pushes its messages is refused in a line that says so', async () => {
  const { stream, durable, wanted } = await aStream()
  const pushing = { durable_name: durable, ack_policy: AckPolicy.Explicit, deliver_subject: nats.aSubject() }
  await nats.manager.consumers.add(stream, pushing)
  await expect(ensureConsumer(nats.manager, stream, wanted)).rejects.toMatchObject({
    name: 'ConsumerConflict',
    message: `the consumer ${durable} of the stream ${stream} cannot be used: it pushes its messages. Delete it, and it is made anew`,
  })
})

test('what JetStream refuses to change is a conflict with its reason', async () => {
  const { stream, durable, subject, wanted } = await aStream(RetentionPolicy.Workqueue)
  const acknowledging = { ack_policy: AckPolicy.Explicit }
  await nats.manager.consumers.add(stream, { ...acknowledging, durable_name: durable, filter_subject: `${subject}.b` })
  await nats.manager.consumers.add(stream, { ...acknowledging, durable_name: 'theirs', filter_subject: wanted.filterSubject })
  await expect(ensureConsumer(nats.manager, stream, wanted)).rejects.toMatchObject({
    name: 'ConsumerConflict',
    message: expect.stringMatching(/cannot be used: .*unique.*\. Delete it/),
  })
})
