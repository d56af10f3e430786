import type { CheckoutRequest } from '@licenseoperator/checkout'
import { inTransaction, reservations, stripeEvents } from '@licenseoperator/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { couponsTaken, licensesTaken, ops, orderOf, promote } from '../../testing/an-order.ts'
import { startOver } from '../../testing/kinds.ts'
import { discardEvent } from './discard-event.ts'

/** A subscription of which there are as many as are wanted, at a price for few. */
const cheaper = { lookupKey: 'year', couponCode: 'few' }
let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  await shop.sell({ slug: 'rare', maxLicenseTotal: 150 })
  await shop.sell({ slug: 'year', type: 'subscription', billingInterval: 'year' })
  await promote(shop, 'year', { code: 'few', maxTotal: 100 })
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const order = (group?: string, request?: Partial<CheckoutRequest>, name?: string) => orderOf(shop, group, request, name)
const taken = () => licensesTaken(shop)

/** Parks an event as it came, or with some of it as told. @returns its id */
async function parked(type: string, told: (event: { data: { object: object } }) => object = (event) => event): Promise<string> {
  const [body = ''] = await shop.events(type)
  const event = told(JSON.parse(body))
  const { id, type: named } = { ...JSON.parse(body), ...event }
  const arrived = {
    eventId: String(id),
    type: String(named),
    apiVersion: undefined,
    payload: Buffer.from(JSON.stringify(event)),
    receivedAt: new Date(),
  }
  await inTransaction(shop.database.db, (tx) => stripeEvents.park(tx, arrived, 'cannot be read', new Date()))
  return arrived.eventId
}

const discard = (eventId: string) => discardEvent(shop.deps, ops, eventId, 'the money went back')

test('a purchase that is parked and then discarded gives its place back; a replay would take it again', async () => {
  const { sessionId } = await order()
  await shop.emulator.control.completeCheckout(sessionId)
  const rename = (from: string, to: string) =>
    shop.database.db.updateTable('products').set({ slug: to }).where('slug', '=', from).execute()
  await rename('rare', 'lost')
  await tell(shop, await handledHistory(shop))
  const [parked] = await stripeEvents.list(shop.database.db, { status: 'parked' }, 10)
  await rename('lost', 'rare')
  expect(await taken()).toBe(1)
  await discardEvent(shop.deps, ops, parked?.eventId ?? '', 'the money went back')
  expect(await taken()).toBe(0)
})

describe('a purchase is discarded whose event', () => {
  test.each([
    ['nobody can read', (object: object) => ({ object: 'event', data: { object: { ...object, amount_total: 'a lot' } } })],
    [
      'is thin',
      (object: { id: string }) => ({
        object: 'v2.core.event',
        data: undefined,
        related_object: { id: object.id, type: 'checkout.session', url: '' },
      }),
    ],
    ['names no reservation', (object: object) => ({ object: 'event', data: { object: { ...object, metadata: null } } })],
  ])('%s: what it held is given back', async (_name, told) => {
    const { sessionId } = await order()
    await shop.emulator.control.completeCheckout(sessionId)
    const [completed = ''] = await shop.events('checkout.session.completed')
    const event = JSON.parse(completed)
    const payload = JSON.stringify({ ...event, ...told(event.data.object) })
    await inTransaction(shop.database.db, (tx) =>
      stripeEvents.park(
        tx,
        { eventId: event.id, type: event.type, apiVersion: undefined, payload: Buffer.from(payload), receivedAt: new Date() },
        'cannot be read',
        new Date(),
      ),
    )
    await discardEvent(shop.deps, ops, event.id, 'the money went back')
    expect(await taken()).toBe(0)
  })
})

describe('discarding', () => {
  test("an invoice of a subscription gives back the coupon's place", async () => {
    const { sessionId } = await order('acme', cheaper)
    await shop.emulator.control.completeCheckout(sessionId)
    expect(await couponsTaken(shop, 'few')).toBe(1)
    await discard(await parked('invoice.paid'))
    expect(await couponsTaken(shop, 'few')).toBe(0)
  })

  test.each([
    ['an event that is no purchase, whatever it names', 'charge.refunded'],
    ['an event of a type to come', 'checkout.session.praised'],
  ])('%s gives nothing back', async (_what, type) => {
    const { sessionId } = await order()
    await shop.emulator.control.completeCheckout(sessionId)
    await discard(await parked('checkout.session.completed', (event) => ({ ...event, type })))
    expect(await taken()).toBe(1)
  })

  test('a message that nobody vouches for gives nothing back', async () => {
    const { sessionId } = await order()
    await shop.emulator.control.completeCheckout(sessionId)
    const eventId = await parked('checkout.session.completed')
    await shop.database.db.updateTable('stripe_events').set({ unverified: 1 }).execute()
    await discard(eventId)
    expect(await taken()).toBe(1)
  })

  test('what was sold meanwhile stays sold', async () => {
    const { sessionId } = await order()
    await shop.emulator.control.completeCheckout(sessionId)
    const eventId = await parked('checkout.session.completed')
    const { db } = shop.database
    const { reservation_id: id } = await db.selectFrom('reservations').select('reservation_id').executeTakeFirstOrThrow()
    await inTransaction(db, (tx) => reservations.consume(tx, id, new Date()))
    await discard(eventId)
    expect(await taken()).toBe(1)
  })
})
