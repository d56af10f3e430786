import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { inTransaction, notifications } from './index.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase({ maxConnections: 12 })
})
afterAll(() => database.drop())
beforeEach(() => database.db.deleteFrom('notifications').execute())

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000)
const aMail = (fields: Partial<notifications.NewNotification> = {}): notifications.NewNotification => ({
  notificationId: `N-${crypto.randomUUID()}`,
  licenseId: `L-${crypto.randomUUID()}`,
  reason: 'purchase',
  recipient: 'ada@acme.test',
  messageId: '<1@vendor.test>',
  createdAt: at(0),
  ...fields,
})
const add = (mail: notifications.NewNotification) => inTransaction(database.db, (tx) => notifications.add(tx, mail))
const claim = (owner: string, now: Date) =>
  inTransaction(database.db, (tx) => notifications.claimOne(tx, { owner, now, until: new Date(now.getTime() + 180_000) }))
const postpone = (id: string, owner: string, state: 'failed' | 'sending', nextAttemptAt: Date) =>
  inTransaction(database.db, (tx) => notifications.postpone(tx, id, owner, { state, nextAttemptAt, lastError: 'x'.repeat(600) }))
const only = async () => (await notifications.list(database.db, {}, 10))[0]

test('one mail for each license and reason, however many ask at once', async () => {
  const licenseId = 'L-1'
  const added = await Promise.all(Array.from({ length: 20 }, () => add(aMail({ licenseId }))))
  expect(added.filter(Boolean)).toHaveLength(1)
  expect(await add(aMail({ licenseId, reason: 'maintenance:2030-01-01T00:00:00Z' }))).toBe(true)
  expect(await add(aMail({ licenseId: 'L-2' }))).toBe(true)
  expect(await notifications.list(database.db, { licenseId }, 10)).toHaveLength(2)
})

test('workers that claim at once get a mail each, the oldest first', async () => {
  for (let index = 0; index < 12; index += 1) await add(aMail({ licenseId: `L-${index}`, createdAt: at(index) }))
  expect((await claim('first', at(100)))?.licenseId).toBe('L-0')
  const claimed = await Promise.all(Array.from({ length: 11 }, (_, index) => claim(`w${index}`, at(100))))
  expect(new Set(claimed.map((one) => one?.licenseId)).size).toBe(11)
  expect(await claim('late', at(100))).toBeUndefined()
})

test('what is claimed and never settled is found again, and counts as sent perhaps', async () => {
  await add(aMail())
  expect(await claim('dies', at(1))).toMatchObject({ unsure: false, attempts: 1, maybeTwice: 0 })
  expect(await claim('next', at(179))).toBeUndefined()
  expect(await claim('next', at(182))).toMatchObject({ unsure: true, attempts: 2, maybeTwice: 1 })
  expect(await only()).toMatchObject({ state: 'sending', attempts: 2, maybeTwice: 1 })
  // The one that was taken for dead comes to its end after all.
  await postpone((await only())?.notificationId ?? '', 'dies', 'failed', at(200))
  expect(await only()).toMatchObject({ state: 'sending', lastError: undefined })
})

test('a try that certainly failed does not count as sent; one of unknown outcome does', async () => {
  await add(aMail())
  const { notificationId = '' } = (await claim('one', at(1))) ?? {}
  await postpone(notificationId, 'one', 'failed', at(10))
  expect(await only()).toMatchObject({ state: 'failed', lastError: 'x'.repeat(512) })
  expect(await claim('two', at(9))).toBeUndefined()
  expect(await claim('two', at(10))).toMatchObject({ unsure: false, attempts: 2 })
  await postpone(notificationId, 'two', 'sending', at(20))
  expect(await claim('three', at(20))).toMatchObject({ unsure: true, attempts: 3, maybeTwice: 1 })
})

test('what is sent or dead is never claimed again; sent is sent, whoever holds the lease', async () => {
  await add(aMail({ licenseId: 'L-sent' }))
  await add(aMail({ licenseId: 'L-dead' }))
  await add(aMail({ licenseId: 'L-never', refusal: 'the address is none' }))
  const [one, other] = [await claim('one', at(1)), await claim('one', at(1))]
  await inTransaction(database.db, (tx) => notifications.markSent(tx, one?.notificationId ?? '', at(2)))
  await inTransaction(database.db, (tx) => notifications.bury(tx, other?.notificationId ?? '', 'one', '550 no'))
  expect(await claim('two', at(10_000))).toBeUndefined()
  const states = Object.fromEntries((await notifications.list(database.db, {}, 10)).map((row) => [row.licenseId, row.state]))
  expect(states).toEqual({ 'L-never': 'dead', [one?.licenseId ?? '']: 'sent', [other?.licenseId ?? '']: 'dead' })
  expect(await notifications.list(database.db, { state: 'sent' }, 10)).toMatchObject([
    { sentAt: at(2), nextAttemptAt: undefined },
  ])
})

test('the backlog says what waits, since when, and what is dead', async () => {
  expect(await notifications.backlog(database.db)).toEqual({
    counts: { queued: 0, sending: 0, failed: 0, dead: 0 },
    oldest: undefined,
  })
  await add(aMail({ licenseId: 'L-1', createdAt: at(5) }))
  await add(aMail({ licenseId: 'L-2', createdAt: at(6) }))
  await add(aMail({ licenseId: 'L-3', refusal: 'no', createdAt: at(1) }))
  await claim('one', at(10))
  expect(await notifications.backlog(database.db)).toEqual({
    counts: { queued: 1, sending: 1, failed: 0, dead: 1 },
    oldest: at(5),
  })
})

test('since when mail is sent is noted once', async () => {
  const started = (now: Date) => inTransaction(database.db, (tx) => notifications.startedAt(tx, now))
  const [first, second] = await Promise.all([started(at(1)), started(at(1))])
  expect([first, second, await started(at(500))]).toEqual([at(1), at(1), at(1)])
})
