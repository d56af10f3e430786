import { afterAll, beforeAll, expect, test } from 'vitest'
import { findMessage } from './find-message.ts'
import { publishDurably } from './publish-durably.ts'
import { ensureStreams, openTestNats, type TestNats } from './testing/nats.ts'

let nats: TestNats
beforeAll(async () => {
  nats = await openTestNats()
})
afterAll(() => nats.end())

const since = new Date(Date.now() - 60_000)

async function aStreamWith(messages: number, licenseIssuedRetention: 'limits' | 'workqueue') {
  const subject = nats.aSubject()
  const { licenseIssuedStream: stream } = await ensureStreams(nats.connection, {
    subjectLicenseIssued: subject,
    subjectStripeWebhook: nats.aSubject(),
    licenseIssuedRetention,
  })
  const ids = Array.from({ length: messages }, (_, index) => `L-${index}`)
  await Promise.all(ids.map((messageId) => publishDurably(nats.connection, { subject, data: Buffer.from('x'), messageId })))
  return { subject, stream, since }
}

test.each(['limits', 'workqueue'] as const)('a message id is found in a %s stream, another one is not', async (retention) => {
  const where = await aStreamWith(20, retention)
  expect(await findMessage(nats.connection, { ...where, messageId: 'L-0' })).toBe(true)
  expect(await findMessage(nats.connection, { ...where, messageId: 'L-19' })).toBe(true)
  expect(await findMessage(nats.connection, { ...where, messageId: 'L-20' })).toBe(false)
})

test.each(['limits', 'workqueue'] as const)('an empty %s stream holds no message', async (retention) => {
  expect(await findMessage(nats.connection, { ...(await aStreamWith(0, retention)), messageId: 'L-0' })).toBe(false)
})

test('a stream of more than one batch is read to its end', async () => {
  const where = await aStreamWith(1200, 'limits')
  expect(await findMessage(nats.connection, { ...where, messageId: 'L-1199' })).toBe(true)
  expect(await findMessage(nats.connection, { ...where, messageId: 'L-1200' })).toBe(false)
})

test('what was stored before the given time is not read', async () => {
  const where = await aStreamWith(3, 'limits')
  const later = new Date(Date.now() + 3_600_000)
  expect(await findMessage(nats.connection, { ...where, since: later, messageId: 'L-0' })).toBe(false)
})

test.each(['limits', 'workqueue'] as const)('too many messages in a %s stream are no answer', async (retention) => {
  const where = await aStreamWith(5, retention)
  const finding = findMessage(nats.connection, { ...where, messageId: 'L-9', limit: 4 })
  await expect(finding).rejects.toMatchObject({ name: 'EventsUnavailable' })
})

test('a search leaves no consumer behind, and a missing stream is no answer', async () => {
  const where = await aStreamWith(3, 'limits')
  await findMessage(nats.connection, { ...where, messageId: 'L-0' })
  expect((await nats.manager.streams.info(where.stream)).state.consumer_count).toBe(0)
  const finding = findMessage(nats.connection, { ...where, stream: 'no_such_stream', messageId: 'L-0' })
  await expect(finding).rejects.toMatchObject({ name: 'EventsUnavailable' })
})
