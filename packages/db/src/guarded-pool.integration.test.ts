import { createServer, type Socket } from 'node:net'
import { CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction, isAway, openDatabase } from './index.ts'
import { createTestDatabase, insertProduct, type TestDatabase, testMysqlAccount } from './testing/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('a connection that is held too long is destroyed, its transaction undone, and the pool goes on', async () => {
  const short = openDatabase({ ...database.options, maxConnections: 1, holdMs: 300 })
  const product = await insertProduct(database.db)
  await expect(
    inTransaction(short.db, async (tx) => {
      await tx.updateTable('products').set({ name: 'half done' }).where('id', '=', product.id).execute()
      await sql`SELECT SLEEP(5)`.execute(tx)
    }),
  ).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  await short.ping()
  const row = await short.db.selectFrom('products').select('name').where('id', '=', product.id).executeTakeFirstOrThrow()
  expect(row.name).toBe('Core')
  await short.close()
})

test('a caller waits for a free connection for a bounded time only', async () => {
  const single = openDatabase({ ...database.options, maxConnections: 1, holdMs: 10_000, acquireMs: 100 })
  await single.db.connection().execute(async () => {
    await expect(single.ping()).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })
  })
  await single.ping()
  await single.close()
})

test('a server that accepts and never answers is an absent server, not an endless wait', async () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => sockets.add(socket))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const hung = openDatabase({ ...database.options, ...testMysqlAccount(), port, acquireMs: 200 })
  await expect(hung.ping()).rejects.toSatisfy(isAway)
  for (const socket of sockets) socket.destroy()
  silent.close()
})

test('a connection that the server turned read-only does not go back to the pool', async () => {
  const single = openDatabase({ ...database.options, maxConnections: 1 })
  const id = async () => (await sql<{ id: number }>`SELECT CONNECTION_ID() AS id`.execute(single.db)).rows[0]?.id
  const before = await id()
  await single.db.executeQuery(CompiledQuery.raw('SET SESSION TRANSACTION READ ONLY'))
  await expect(insertProduct(single.db)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  expect(await id()).not.toBe(before)
  await insertProduct(single.db)
  await single.close()
})

test('sessions run READ COMMITTED, in UTC, strict, with a short lock wait', async () => {
  const { rows } = await sql<Record<string, string | number>>`
    SELECT @@transaction_isolation AS isolation, @@time_zone AS zone, @@innodb_lock_wait_timeout AS lockWait, @@sql_mode AS mode`.execute(
    database.db,
  )
  expect(rows[0]).toMatchObject({ isolation: 'READ-COMMITTED', zone: '+00:00', lockWait: 3 })
  expect(rows[0]?.mode).toContain('STRICT_TRANS_TABLES')
})
