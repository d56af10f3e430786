import { afterAll, beforeAll, expect, test } from 'vitest'
import * as subscriptions from './subscriptions.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'
import { inTransaction } from './transaction.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const ENDED = new Date('2026-11-25T00:00:00Z')

function put(status: 'active' | 'canceled', version: number): Promise<boolean> {
  const endedAt = status === 'canceled' ? ENDED : undefined
  const subscription = { subscriptionId: 'sub_1', status, cancelAt: undefined, endedAt, endedReason: undefined }
  return inTransaction(database.db, (tx) => subscriptions.put(tx, subscription, version, new Date()))
}

test('of two answers that were asked for at the same version the first is kept, and the second is told to ask again', async () => {
  expect(await put('active', 0)).toBe(true)
  expect(await put('canceled', 0)).toBe(false)
  expect(await put('canceled', 1)).toBe(true)
  // Asked before it ended, written after that.
  expect(await put('active', 1)).toBe(false)
  expect(await subscriptions.find(database.db, 'sub_1')).toMatchObject({ status: 'canceled', endedAt: ENDED })
  expect(await subscriptions.versionOf(database.db, 'sub_1')).toBe(2)
})

test('words of Stripe that are longer than any known today are cut to their columns', async () => {
  const subscription = {
    subscriptionId: 'sub_2',
    status: 'é'.repeat(40),
    cancelAt: undefined,
    endedAt: ENDED,
    endedReason: `${'r'.repeat(70)}é`,
  }
  expect(await inTransaction(database.db, (tx) => subscriptions.put(tx, subscription, 0, new Date()))).toBe(true)
  const stored = await subscriptions.find(database.db, 'sub_2')
  expect(stored).toMatchObject({ status: '?'.repeat(32), endedReason: 'r'.repeat(64) })
})
