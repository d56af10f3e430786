import { inTransaction, stripeEvents } from '@licenseoperator/db'
import type { Caller } from '@licenseoperator/domain'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { forgetAll } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { reconcile } from '../reconcile/reconcile.ts'
import { replayEvent } from './replay-event.ts'
import { sweepStoredEvents } from './sweep-stored-events.ts'
import { webhookHandler } from './webhook-handler.ts'

// Whoever can publish to JetStream is not Stripe, and neither is whoever can write a row.
const admin: Caller = { identity: 'root', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
const nothing = { licenses: 0, payments: 0, announcements: 0 }
const served = { licenses: 1, payments: 1, announcements: 1 }
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await shop.sell({ slug: 'core' })
  await shop.syncCatalog()
})
afterAll(() => shop.close())
beforeEach(() => forgetAll(shop))

async function aPurchase(): Promise<{ payload: string; id: string }> {
  await shop.buy({ lookupKey: 'core' })
  const payload = (await shop.events('checkout.session.completed')).at(-1) ?? ''
  return { payload, id: JSON.parse(payload).id }
}

/** Hands a message to the processor. @returns what was refused, beside the handler's answer */
async function deliver(body: string, deps = shop.deps) {
  const refused: string[] = []
  const handle = webhookHandler({ ...deps, onRefused: (refusal) => void refused.push(refusal) }, () => undefined)
  const message = { data: Buffer.from(body), messageId: 'evt', deliveryCount: 1, streamSequence: 1, publishedAt: new Date() }
  return { ...(await handle(message)), refused }
}

const parked = () => stripeEvents.list(shop.database.db, { status: 'parked' }, 10)
const stored = (id: string) => stripeEvents.find(shop.database.db, id)
const lateSweep = () => sweepStoredEvents({ ...shop.deps, now: () => new Date(Date.now() + 120_000) }, () => undefined)

test('a signed message is processed, however old its signature is', async () => {
  const { payload } = await aPurchase()
  const timestamp = Math.floor(Date.now() / 1000) - 90 * 24 * 3600
  const secret = shop.deps.webhookSecrets[0] ?? ''
  const signature = shop.deps.stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
  const body = JSON.stringify({ payload, signature, receivedAt: new Date().toISOString() })
  expect(await deliver(body)).toEqual({ kind: 'done', refused: [] })
  expect(await shop.count()).toMatchObject(served)
})

test.each([
  ['without a signature', (payload: string) => JSON.stringify({ payload, signature: '', receivedAt: new Date().toISOString() })],
  ['signed with another secret', (payload: string) => shop.message(payload, 'whsec_of_nobody')],
  ['changed after it was signed', (payload: string) => shop.message(payload).replace('"payload":"{', '"payload":"{ ')],
])('a message %s brings no license: it is settled, parked with the reason and counted', async (_how, forge) => {
  const { payload, id } = await aPurchase()
  expect(await deliver(forge(payload))).toEqual({ kind: 'done', refused: ['unsigned'] })
  expect(await shop.count()).toMatchObject(nothing)
  expect(await parked()).toMatchObject([{ eventId: id, reason: expect.stringMatching(/^refused: signed with none/) }])
})

test('a forged message that took the id of an event does not keep the event from being served', async () => {
  const { payload, id } = await aPurchase()
  const forged = payload.replace(/"amount_total":\d+/, '"amount_total":1')
  await deliver(shop.message(forged, 'whsec_of_nobody'))
  await deliver(shop.message(payload))
  expect(await shop.count()).toMatchObject(served)
  expect(await stored(id)).toMatchObject({ status: 'processed', unverified: false, payload: Buffer.from(payload) })
  // And the other way round: what was served stays as it is.
  await deliver(shop.message(forged, 'whsec_of_nobody'))
  expect(await stored(id)).toMatchObject({ status: 'processed', unverified: false, payload: Buffer.from(payload) })
})

test('a message whose secret was removed meanwhile is not lost: a replay has the event from Stripe', async () => {
  const { payload, id } = await aPurchase()
  const rolled = { ...shop.deps, webhookSecrets: ['whsec_new'] }
  expect(await deliver(shop.message(payload), rolled)).toMatchObject({ kind: 'done', refused: ['unsigned'] })
  expect(await replayEvent(rolled, admin, id)).toMatchObject({ kind: 'processed' })
  expect(await shop.count()).toMatchObject(served)
  expect(await parked()).toEqual([])
})

test('reconcile serves what was refused, and knows of no event by a forged message', async () => {
  const { payload, id } = await aPurchase()
  await deliver(shop.message(payload, 'whsec_of_nobody'))
  const options = { since: new Date(Date.now() - 3_600_000), dryRun: false }
  await reconcile(shop.deps, admin, options)
  // Of the other purchases of this file it heard nothing either.
  expect(await stored(id)).toMatchObject({ status: 'processed', unverified: false })
  expect(await parked()).toEqual([])
})

test('a replay of what somebody made up brings nothing, and neither does the sweep that takes the replay over', async () => {
  const { payload, id } = await aPurchase()
  const made = payload.replaceAll(id, 'evt_made_up')
  await deliver(shop.message(made, 'whsec_of_nobody'))
  expect(await replayEvent(shop.deps, admin, 'evt_made_up')).toMatchObject({ kind: 'parked' })
  await inTransaction(shop.database.db, (tx) => stripeEvents.reopen(tx, 'evt_made_up', new Date()))
  expect(await lateSweep()).toBe(1)
  expect(await shop.count()).toMatchObject(nothing)
  expect(await parked()).toMatchObject([{ eventId: 'evt_made_up', reason: expect.stringContaining('Stripe knows no event') }])
})

test('a row that somebody wrote is processed with the bytes that Stripe has, or not at all', async () => {
  const { payload, id } = await aPurchase()
  const row = { type: 'checkout.session.completed', apiVersion: undefined, receivedAt: new Date(), signature: 't=1,v1=0' }
  const write = (eventId: string, text: string) =>
    inTransaction(shop.database.db, (tx) => stripeEvents.receive(tx, { ...row, eventId, payload: Buffer.from(text) }))
  await write('evt_made_up', payload.replaceAll(id, 'evt_made_up').replaceAll('cs_', 'cs_other_'))
  await write('evt_junk', '{')
  await write(id, payload.replace(/"amount_total":\d+/, '"amount_total":1'))
  expect(await lateSweep()).toBe(3)
  expect(await shop.count()).toMatchObject(served)
  const [payment] = await shop.database.db.selectFrom('payments').select('amount_total_minor').execute()
  expect(payment?.amount_total_minor).not.toBe(1)
  expect((await parked()).map(({ eventId }) => eventId).sort()).toEqual(['evt_junk', 'evt_made_up'])
})

test('messages that are no events are settled, however many there are, and each is parked once', async () => {
  const signed = (payload: string) => shop.message(payload)
  for (const junk of ['', '{', '{"payload":1}', signed('null'), signed('{"id":"evt_1"}'), signed('[]')])
    for (const _twice of [1, 2]) expect(await deliver(junk)).toMatchObject({ kind: 'done' })
  expect((await parked()).map(({ eventId }) => eventId)).toHaveLength(6)
})

test('reconcile runs to its end beside messages and rows that hold no event', async () => {
  const { id } = await aPurchase()
  await deliver(shop.message('null'))
  const row = {
    eventId: 'evt_junk',
    type: 'invoice.paid',
    apiVersion: undefined,
    payload: Buffer.from('{'),
    receivedAt: new Date(),
  }
  await inTransaction(shop.database.db, (tx) => stripeEvents.park(tx, row, 'somebody wrote it', new Date()))
  await reconcile(shop.deps, admin, { since: new Date(Date.now() - 3_600_000), dryRun: false })
  expect(await stored(id)).toMatchObject({ status: 'processed' })
  expect((await parked()).map(({ eventId }) => eventId).sort()).toEqual(['evt_junk', expect.stringMatching(/^message:/)])
})

test('refused messages are counted by reconcile, and say nothing about whether the books agree', async () => {
  const options = { since: new Date(Date.now() - 3_600_000), dryRun: false }
  const { payload, id } = await aPurchase()
  await deliver(shop.message('null'))
  await deliver(shop.message(payload.replaceAll(id, 'evt_made_up'), 'whsec_of_nobody'))
  expect(await reconcile(shop.deps, admin, options)).toMatchObject({ agree: true, parked: [], refused: 2 })
  expect(await parked()).toHaveLength(2)
})
