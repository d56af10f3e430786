import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { inTransaction, outbox } from './index.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(() => database.db.deleteFrom('outbox').execute())

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000)
const claim = (owner: string, now: Date, limit = 10) =>
  inTransaction(database.db, (tx) => outbox.claim(tx, { owner, now, until: new Date(now.getTime() + 30_000), limit }))

async function add(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await inTransaction(database.db, (tx) =>
      outbox.add(tx, { messageId: `m${index}`, subject: 's', payload: Buffer.from('{}') }, at(0)),
    )
  }
}

test('five relays at once share the messages: each is leased to one of them', async () => {
  await add(50)
  const claims = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((owner) => claim(owner, at(1))))
  const ids = claims.flat().map((message) => message.id)
  expect(ids).toHaveLength(50)
  expect(new Set(ids).size).toBe(50)
})

test('a claim that is still open does not block new announcements', async () => {
  await add(3)
  await database.db.transaction().execute(async (tx) => {
    expect(await outbox.claim(tx, { owner: 'slow', now: at(1), until: at(31), limit: 10 })).toHaveLength(3)
    await inTransaction(database.db, (other) =>
      outbox.add(other, { messageId: 'new', subject: 's', payload: Buffer.from('{}') }, at(1)),
    )
  })
  expect(await claim('next', at(2))).toHaveLength(1)
})

test('the lease of a crashed relay runs out, a published message never comes back', async () => {
  await add(2)
  const [first] = await claim('crashed', at(1))
  expect(await claim('other', at(2))).toEqual([])
  await inTransaction(database.db, (tx) => outbox.markPublished(tx, [first?.id ?? 0], at(3)))
  expect((await claim('other', at(40))).map((message) => message.messageId)).toEqual(['m1'])
  expect(await outbox.backlog(database.db)).toEqual({ count: 1, oldest: at(0) })
})

test('one fact is announced once: a second row with its message id changes nothing', async () => {
  await add(1)
  await add(1)
  expect(await outbox.backlog(database.db)).toEqual({ count: 1, oldest: at(0) })
})
