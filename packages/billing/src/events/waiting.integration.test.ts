import { stripeEvents } from '@licenseoperator/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { forgetAll } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sweepStoredEvents } from './sweep-stored-events.ts'
import { webhookHandler } from './webhook-handler.ts'

// JetStream delivers at most 64 undone messages at a time: events that wait for long must not take these places from others.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await shop.sell({ slug: 'core' })
  await shop.sell({ slug: 'year', type: 'subscription', billingInterval: 'year' })
  await shop.syncCatalog()
})
afterAll(() => shop.close())
beforeEach(() => forgetAll(shop))

const messageOf = (payload: string, deliveryCount: number) => ({
  data: Buffer.from(payload),
  messageId: 'stripe-1',
  deliveryCount,
  streamSequence: 1,
  publishedAt: new Date(),
})

/** A Stripe that our key may not use: an outage of our own making, which lasts until somebody is awake. */
async function lockedOut(work: () => Promise<void>): Promise<void> {
  const { control, apiKey } = shop.emulator
  await control.settings({ account: { restrictedKeys: { [apiKey]: [] } } })
  try {
    await work()
  } finally {
    await control.settings({ account: { restrictedKeys: {} } })
  }
}

test('an event that could not be processed five times waits in MySQL, is acknowledged, and is processed once it can be', async () => {
  await shop.buy({ lookupKey: 'year' })
  const [payload = ''] = await shop.events('checkout.session.completed')
  const body = shop.message(payload)
  const outcomes: string[] = []
  const said: unknown[] = []
  const log = { ...shop.deps.log, warn: (message: string, fields?: object) => void said.push({ message, ...fields }) }
  const reach = { stripeApiBase: shop.emulator.url }
  const handle = webhookHandler({ ...shop.deps, log, reach }, ({ kind }) => void outcomes.push(kind))
  const place = `Stripe at ${shop.emulator.url}`
  const cause = 'does not let this key do it: a permission of stripe.api_key is missing'
  const reason = expect.stringContaining(`${place} ${cause}`)
  await lockedOut(async () => {
    expect(await handle(messageOf(body, 4))).toMatchObject({ kind: 'retry' })
    const { id: eventId } = JSON.parse(payload)
    expect(said).toEqual([{ message: 'stripe event is tried again later', eventId, reason, tries: 4 }])
    expect(await stripeEvents.countOpen(shop.database.db)).toEqual({ received: 0, parked: 0 })
    expect(await handle(messageOf(body, 5))).toEqual({ kind: 'done' })
  })
  expect(await stripeEvents.list(shop.database.db, { status: 'received' }, 10)).toMatchObject([
    { type: 'checkout.session.completed', reason },
  ])
  expect(await sweepStoredEvents(shop.deps, () => undefined)).toBe(0) // not yet due
  const later = { ...shop.deps, now: () => new Date(Date.now() + 60_000) }
  expect(await sweepStoredEvents(later, ({ kind }) => void outcomes.push(kind))).toBe(1)
  expect(outcomes).toEqual(['retry', 'retry', 'processed'])
  expect(await shop.count()).toMatchObject({ licenses: 1, announcements: 1 })
})

test('a message that is no event is put away, and logged', async () => {
  const lines: string[] = []
  const log = { ...shop.deps.log, error: (message: string) => void lines.push(message) }
  const handle = webhookHandler({ ...shop.deps, log }, () => undefined)
  for (const junk of ['', '{', '[]', '{"payload":1}']) expect(await handle(messageOf(junk, 1))).toEqual({ kind: 'done' })
  expect(lines).toHaveLength(4)
})

test('one that waits in MySQL and cannot be processed yet says why at each try', async () => {
  await shop.buy({ lookupKey: 'year' })
  const [payload = ''] = await shop.events('checkout.session.completed')
  const said: unknown[] = []
  const log = { ...shop.deps.log, warn: (message: string, fields?: object) => void said.push({ message, ...fields }) }
  const { id: eventId } = JSON.parse(payload)
  await lockedOut(async () => {
    const handle = webhookHandler(shop.deps, () => undefined)
    expect(await handle(messageOf(shop.message(payload), 5))).toEqual({ kind: 'done' })
    const later = { ...shop.deps, log, now: () => new Date(Date.now() + 60_000) }
    expect(await sweepStoredEvents(later, () => undefined)).toBe(1)
  })
  const reason = expect.stringMatching(/^Stripe at \S+ does not let this key do it/)
  expect(said).toContainEqual({ message: 'stripe event is tried again later', eventId, reason, tries: 1 })
})
