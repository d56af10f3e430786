import { randomUUID } from 'node:crypto'
import { nanos, RetentionPolicy } from 'nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureStream, streamNameFor } from './ensure-streams.ts'
import { ensureStreams, openTestNats, type TestNats } from './testing/nats.ts'

let nats: TestNats
beforeAll(async () => {
  nats = await openTestNats()
})
afterAll(() => nats.end())

const subjects = () => ({ subjectLicenseIssued: nats.aSubject(), subjectStripeWebhook: nats.aSubject() })

test('a stream is named after its subject', () => {
  expect(streamNameFor('licenseoperator.license.issued')).toBe('licenseoperator_license_issued')
})

test('streams keep what they acknowledged: on disk, for 30 days, never dropped for newer messages, with ids known for a day', async () => {
  const options = subjects()
  const names = await ensureStreams(nats.connection, { ...options, licenseIssuedRetention: 'limits' })
  expect(names).toEqual({
    licenseIssuedStream: streamNameFor(options.subjectLicenseIssued),
    webhookStream: streamNameFor(options.subjectStripeWebhook),
  })
  const day = nanos(24 * 3_600_000)
  const durable = {
    storage: 'file',
    discard: 'new',
    max_age: 30 * day,
    duplicate_window: day,
    max_msg_size: nats.connection.info?.max_payload,
    deny_delete: true,
    deny_purge: true,
  }
  const { config: issued } = await nats.manager.streams.info(names.licenseIssuedStream)
  expect(issued).toMatchObject({ ...durable, retention: 'limits', subjects: [options.subjectLicenseIssued] })
  const { config: webhook } = await nats.manager.streams.info(names.webhookStream)
  expect(webhook).toMatchObject({ ...durable, retention: 'workqueue', subjects: [options.subjectStripeWebhook] })
})

test('the issued stream is a work queue where the configuration says so', async () => {
  const { licenseIssuedStream } = await ensureStreams(nats.connection, { ...subjects(), licenseIssuedRetention: 'workqueue' })
  expect((await nats.manager.streams.info(licenseIssuedStream)).config.retention).toBe(RetentionPolicy.Workqueue)
})

test('a stream that a consumer made before us is used as it is, whatever its name and retention', async () => {
  const options = subjects()
  const name = `licenseoperator_GT_${randomUUID()}`
  const foreign = await nats.manager.streams.add({
    name,
    subjects: [options.subjectLicenseIssued],
    retention: RetentionPolicy.Workqueue,
  })
  const names = await ensureStreams(nats.connection, { ...options, licenseIssuedRetention: 'limits' })
  expect(names.licenseIssuedStream).toBe(name)
  expect((await nats.manager.streams.info(name)).config).toEqual(foreign.config)
})

test('a stream over a wildcard that includes the subject is used', async () => {
  const parent = nats.aSubject()
  const name = `wildcard_${randomUUID()}`
  await nats.manager.streams.add({ name, subjects: [`${parent}.>`] })
  const names = await ensureStreams(nats.connection, {
    subjectLicenseIssued: `${parent}.license.issued`,
    subjectStripeWebhook: nats.aSubject(),
    licenseIssuedRetention: 'limits',
  })
  expect(names.licenseIssuedStream).toBe(name)
})

test('processes that start at the same time agree on the streams, even with different retention', async () => {
  const options = subjects()
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      ensureStreams(nats.connection, { ...options, licenseIssuedRetention: index % 2 === 0 ? 'limits' : 'workqueue' }),
    ),
  )
  expect(new Set(all.map((names) => JSON.stringify(names))).size).toBe(1)
})

test('a stream of our name over another subject is reported, not taken over', async () => {
  const options = subjects()
  await nats.manager.streams.add({ name: streamNameFor(options.subjectLicenseIssued), subjects: [nats.aSubject()] })
  await expect(ensureStreams(nats.connection, { ...options, licenseIssuedRetention: 'limits' })).rejects.toMatchObject({
    name: 'EventsUnavailable',
    message: expect.stringContaining(options.subjectLicenseIssued),
  })
})

test('more copies than the servers can hold are refused with what JetStream says', async () => {
  const options = { ...subjects(), licenseIssuedRetention: 'limits', replicas: 3 } as const
  await expect(ensureStreams(nats.connection, options)).rejects.toThrow(
    `the JetStream stream of ${options.subjectStripeWebhook} cannot be looked up or made: replicas > 1 not supported in non-clustered mode`,
  )
})

test('one stream is made without the other', async () => {
  const options = { ...subjects(), licenseIssuedRetention: 'limits' } as const
  const name = await ensureStream(nats.connection, options, 'licenseIssued')
  expect((await nats.manager.streams.info(name)).config).toMatchObject({
    subjects: [options.subjectLicenseIssued],
    num_replicas: 1,
  })
  await expect(nats.manager.streams.find(options.subjectStripeWebhook)).rejects.toThrow('no stream matches subject')
})
