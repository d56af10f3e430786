import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { inTransaction, withLease } from './index.ts'
import { acquire, release, renew } from './leases.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase({ maxConnections: 20, acquireMs: 20_000, holdMs: 20_000 })
})
afterAll(() => database.drop())
beforeEach(() => sql`DELETE FROM leases`.execute(database.db))

const take = (owner: string, ttlMs = 60_000) => inTransaction(database.db, (tx) => acquire(tx, 'reconcile', owner, ttlMs))

test('one owner at a time; the owner may take it again', async () => {
  expect([await take('a'), await take('b'), await take('a')]).toEqual([true, false, true])
})

test('twenty at once: one gets it', async () => {
  const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => take(`owner ${index}`)))
  expect(taken.filter((one) => one)).toHaveLength(1)
})

test('a lease whose time is over is free, and its former owner cannot renew or release it', async () => {
  expect([await take('a', 0), await take('b')]).toEqual([true, true])
  expect(await inTransaction(database.db, (tx) => renew(tx, 'reconcile', 'a', 60_000))).toBe(false)
  await inTransaction(database.db, (tx) => release(tx, 'reconcile', 'a'))
  expect(await take('c')).toBe(false)
  await inTransaction(database.db, (tx) => release(tx, 'reconcile', 'b'))
  expect(await take('c')).toBe(true)
})

test('leases of other names do not meet', async () => {
  await take('a')
  expect(await withLease(database.db, 'catalog-sync', { waitMs: 0 }, async () => 1)).toEqual({ held: true, value: 1 })
})

test('work runs alone, one after the other, and longer than the lease', async () => {
  let running = 0
  const most: number[] = []
  const work = async () => {
    running += 1
    most.push(running)
    await sql`SELECT SLEEP(1.2)`.execute(database.db)
    running -= 1
  }
  const options = { ttlMs: 500, waitMs: 20_000 }
  const all = await Promise.all(Array.from({ length: 4 }, () => withLease(database.db, 'reconcile', options, work)))
  expect(all.map(({ held }) => held)).toEqual([true, true, true, true])
  expect(most).toEqual([1, 1, 1, 1])
})

test('without waiting: the second does nothing', async () => {
  const second = await withLease(database.db, 'reconcile', { waitMs: 0 }, () =>
    withLease(database.db, 'reconcile', { waitMs: 0 }, async () => 'ran'),
  )
  expect(second).toEqual({ held: true, value: { held: false } })
})

test('a failure of the work is what comes out, and the lease is free', async () => {
  const failing = withLease(database.db, 'reconcile', { waitMs: 0 }, () => Promise.reject(new Error('of the work')))
  await expect(failing).rejects.toThrow('of the work')
  expect(await take('a')).toBe(true)
})

test('who loses the lease hears of it', async () => {
  const heard = withLease(database.db, 'reconcile', { ttlMs: 60, waitMs: 0 }, async (signal) => {
    await sql`UPDATE leases SET owner = 'somebody else'`.execute(database.db)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    return signal.reason
  })
  expect(await heard).toMatchObject({ held: true, value: { code: 'temporarily_unavailable' } })
  expect(await database.db.selectFrom('leases').select('owner').execute()).toEqual([{ owner: 'somebody else' }])
})
