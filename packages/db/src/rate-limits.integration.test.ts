import { afterAll, beforeAll, expect, test } from 'vitest'
import * as rateLimits from './rate-limits.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'
import { inTransaction } from './transaction.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const NOW = new Date('2026-11-23T12:00:00.000Z')
const later = (ms: number) => new Date(NOW.getTime() + ms)
const add = (name: string, points: number, now = NOW) =>
  inTransaction(database.db, (tx) => rateLimits.add(tx, { name, points, windowMs: 60_000 }, now))

test('instances that count at one instant lose no point', async () => {
  const counted = await Promise.all(Array.from({ length: 30 }, () => add('shared', 1)))
  expect(counted.map(({ points }) => points).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
})

test('a window keeps its end and starts anew after it; points can be taken back', async () => {
  expect(await add('window', 2)).toEqual({ points: 2, endsAt: later(60_000) })
  expect(await add('window', 3, later(59_999))).toEqual({ points: 5, endsAt: later(60_000) })
  expect(await add('window', -1, later(59_999))).toEqual({ points: 4, endsAt: later(60_000) })
  expect(await add('window', 1, later(60_000))).toEqual({ points: 1, endsAt: later(120_000) })
})

test('what has ended is forgotten, and nothing else', async () => {
  await add('old', 1, later(-60_000))
  await add('running', 1, later(-59_999))
  await inTransaction(database.db, (tx) => rateLimits.forgetEnded(tx, NOW))
  const names = await database.db.selectFrom('rate_limits').select('name').where('name', 'in', ['old', 'running']).execute()
  expect(names).toEqual([{ name: 'running' }])
})
