import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { MessageIndex } from './message-index.ts'
import { publishDurably } from './publish-durably.ts'
import { ensureStreams, openTestNats, type TestNats } from './testing/nats.ts'

let nats: TestNats
beforeAll(async () => {
  nats = await openTestNats()
})
afterAll(() => nats.end())

const since = new Date(Date.now() - 60_000)
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `L-${from + index}`)

async function aStream(licenseIssuedRetention: 'limits' | 'workqueue') {
  const subject = nats.aSubject()
  const make = async () => {
    const options = { subjectLicenseIssued: subject, subjectStripeWebhook: `${subject}.webhook`, licenseIssuedRetention }
    return (await ensureStreams(nats.connection, options)).licenseIssuedStream
  }
  const stream = await make()
  const index = new MessageIndex({ stream, subject })
  const publish = (names: string[]) =>
    Promise.all(names.map((messageId) => publishDurably(nats.connection, { subject, data: Buffer.from('x'), messageId })))
  const has = (...names: string[]) => Promise.all(names.map((name) => index.has(nats.connection, name, since)))
  return { stream, make, publish, has }
}

/** Counts what JetStream is asked about a stream from now on. */
async function countRequests(stream: string): Promise<() => Promise<number>> {
  let count = 0
  const watching = nats.connection.subscribe('$JS.API.>', {
    callback: (_, { subject }) => {
      if (subject.split('.').includes(stream)) count += 1
    },
  })
  onTestFinished(() => watching.unsubscribe())
  await nats.connection.flush()
  return async () => {
    await nats.connection.flush()
    const counted = count
    count = 0
    return counted
  }
}

test('a batch of fifty questions is one look, and the next batch reads only what came since', async () => {
  const { stream, publish, has } = await aStream('limits')
  await publish(ids(1200))
  const requests = await countRequests(stream)
  expect(new Set(await has(...ids(50)))).toEqual(new Set([true]))
  // Information, a consumer, its information, three batches of 500, and its end.
  expect(await requests()).toBe(7)
  expect(await has(...ids(50, 1175))).toEqual([...Array(25).fill(true), ...Array(25).fill(false)])
  expect(await requests()).toBe(1)
  await publish(ids(10, 1200))
  await requests()
  expect(await has(...ids(50, 1200))).toEqual([...Array(10).fill(true), ...Array(40).fill(false)])
  expect(await requests()).toBe(5)
})

test('a work queue is read once as well', async () => {
  const { stream, publish, has } = await aStream('workqueue')
  await publish(ids(20))
  const requests = await countRequests(stream)
  expect(await has('L-0', 'L-19', 'L-20')).toEqual([true, true, false])
  expect(await requests()).toBe(22)
  expect(await has('L-0', 'L-19', 'L-20')).toEqual([true, true, false])
  expect(await requests()).toBe(1)
  await publish(['L-20'])
  await requests()
  expect(await has('L-0', 'L-20', 'L-21')).toEqual([true, true, false])
  // Information, the one that came since, and that there is no further one.
  expect(await requests()).toBe(3)
})

test('a question about an earlier time reads again from there; a stream that was made anew is another one', async () => {
  const { stream, make, publish } = await aStream('limits')
  await publish(['L-0'])
  const subject = (await nats.manager.streams.info(stream)).config.subjects[0] ?? ''
  const index = new MessageIndex({ stream, subject })
  const tomorrow = new Date(Date.now() + 24 * 3_600_000)
  expect(await index.has(nats.connection, 'L-0', tomorrow)).toBe(false)
  expect(await index.has(nats.connection, 'L-0', since)).toBe(true)
  await nats.manager.streams.delete(stream)
  await make()
  await publish(['L-1'])
  expect(await index.has(nats.connection, 'L-0', since)).toBe(false)
  expect(await index.has(nats.connection, 'L-1', since)).toBe(true)
})

test('one look that fails does not spoil the next', async () => {
  const { stream, make, publish, has } = await aStream('limits')
  await nats.manager.streams.delete(stream)
  await expect(has('L-0')).rejects.toMatchObject({ name: 'EventsUnavailable' })
  await make()
  await publish(['L-0'])
  expect(await has('L-0')).toEqual([true])
})
