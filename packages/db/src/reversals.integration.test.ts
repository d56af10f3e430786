import { afterAll, beforeAll, expect, test } from 'vitest'
import * as reversals from './reversals.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'
import { inTransaction } from './transaction.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const refund = {
  reversalId: 'ch_1',
  kind: 'refund',
  chargeId: 'ch_1',
  paymentIntentId: 'pi_1',
  invoiceId: undefined,
} as const
const names = { paymentIntentIds: ['pi_1'], invoiceIds: [] }

function put(status: 'partial' | 'full' | 'none', amountMinor: number, version: number): Promise<boolean> {
  return inTransaction(database.db, (tx) => reversals.put(tx, { ...refund, status, amountMinor }, version, new Date()))
}

test('of two answers that were asked for at the same version the first is kept, and the second is told to ask again', async () => {
  expect(await put('none', 0, 0)).toBe(true)
  expect(await put('full', 900, 0)).toBe(false)
  expect(await reversals.versionOf(database.db, 'ch_1')).toBe(1)
  expect(await put('full', 900, 1)).toBe(true)
  // Asked before the refund came through, written after it.
  expect(await put('partial', 100, 1)).toBe(false)
  expect(await reversals.listOf(database.db, names)).toMatchObject([{ status: 'full', amountMinor: 900 }])
  expect(await reversals.versionOf(database.db, 'ch_1')).toBe(2)
})
