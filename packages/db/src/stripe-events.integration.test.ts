import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tx } from './schema.ts'
import * as stripeEvents from './stripe-events.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'
import { inTransaction } from './transaction.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const now = new Date('2026-11-25T00:00:00Z')
/** A sentence of ours with a word of Stripe that is far longer than any known today, and no ASCII. */
const reason = `invoice with billing reason ${'🚀'.repeat(2000)}`
const event = {
  eventId: 'evt_1',
  type: 'invoice.paid',
  apiVersion: `2026-10-28.endive; ü=${'v'.repeat(400)}`,
  payload: Buffer.from('{}'),
  receivedAt: now,
}

test.each<[string, (tx: Tx, event: stripeEvents.ArrivedEvent) => Promise<unknown>]>([
  ['waits', (tx, one) => stripeEvents.postpone(tx, one, reason, now)],
  ['is ignored', (tx, one) => stripeEvents.markAs(tx, one, 'ignored', now, reason)],
  ['is parked', (tx, one) => stripeEvents.park(tx, one, reason, now)],
  [
    'is discarded',
    async (tx, one) => {
      await stripeEvents.receive(tx, one)
      await stripeEvents.discard(tx, one.eventId, reason, now)
    },
  ],
])('an event %s, whatever words its reason and its API version have', async (what, put) => {
  const eventId = `evt_${what.replaceAll(' ', '_')}`
  await inTransaction(database.db, (tx) => put(tx, { ...event, eventId }))
  const stored = await stripeEvents.find(database.db, eventId)
  expect(stored?.reason).toMatch(/invoice with billing reason 🚀+$/u)
  expect(Array.from(stored?.reason ?? '')).toHaveLength(1000)
  expect(stored?.apiVersion).toBe(`2026-10-28.endive; ?=${'v'.repeat(234)}`)
})
