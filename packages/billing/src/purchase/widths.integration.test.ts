import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handledHistory, resultOf } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

type Json = Record<string, unknown>

/** The completed checkout of a one-off purchase, with some of its fields as Stripe may send them. */
async function paidOnce(change: (session: Json, event: Json) => void): Promise<string> {
  await shop.buy({ lookupKey: 'once' })
  const payload = (await handledHistory(shop)).find((text) => text.includes('"checkout.session.completed"')) ?? ''
  const event = JSON.parse(payload)
  change(event.data.object, event)
  return JSON.stringify(event)
}

/** Five tries: what is no passing trouble is parked by then. */
const settle = (payload: string) => shop.process(payload, 5)
const payment = async () => (await sql<Json>`SELECT * FROM payments`.execute(shop.database.db)).rows[0]
const longest = (prefix: string) => prefix.padEnd(255, 'x')
const details = (session: Json, own: Json) => {
  session.customer_details = { ...(session.customer_details as Json), ...own }
}

test('a purchase is served with everything as long as Stripe allows', async () => {
  const email = `${'e'.repeat(500)}@acme.test.x`
  const name = '🚀'.repeat(256)
  const payload = await paidOnce((session, event) => {
    event.id = longest('evt_')
    event.api_version = '2026-10-28.endive; custom_checkout_beta=v1; another_preview_header_beta=v2; third_preview_beta=v9'
    session.id = longest('cs_live_')
    session.payment_intent = longest('pi_')
    session.customer = longest('cus_')
    session.currency = 'usdc'
    details(session, { email, name, address: { line1: 'l'.repeat(5000), city: '東京', country: 'JP' } })
  })
  expect(await settle(payload)).toMatchObject({ kind: 'processed' })
  expect(await resultOf(shop)).toMatchObject({ licenses: [{ for: `checkout:${longest('cs_live_')}` }], unsettled: [] })
  expect(email).toHaveLength(512)
  expect(await payment()).toMatchObject({ customer_email: email, customer_name: name, currency: 'usdc' })
})

test('what is only shown is cut where it is longer still, and no character is halved', async () => {
  const payload = await paidOnce((session, event) => {
    event.api_version = `2026-10-28.endive; ü=${'v'.repeat(400)}`
    details(session, { name: `a${'🚀'.repeat(400)}` })
  })
  expect(await settle(payload)).toMatchObject({ kind: 'processed' })
  expect(await payment()).toMatchObject({ customer_name: `a${'🚀'.repeat(255)}` })
})

test('a license of a buyer whose address only Stripe knows names it as far as it fits', async () => {
  const address = `ada\u0007${'e'.repeat(600)}@acme.example`
  const payload = await paidOnce((session) => {
    const { email: _told, ...metadata } = session.metadata as Json
    Object.assign(session, { metadata })
    details(session, { email: address })
  })
  expect(await settle(payload)).toMatchObject({ kind: 'processed' })
  const { email } = await shop.database.db.selectFrom('licenses').select('email').executeTakeFirstOrThrow()
  expect(email).toBe(`ada ${'e'.repeat(508)}`)
})

test('half a surrogate pair in an address and control characters in a name and an e-mail address harm no purchase', async () => {
  const payload = await paidOnce((session) => {
    details(session, { name: 'Ada\u0000\u001b[31m', email: 'ada\u0007@acme.example', address: { line1: 'HALF', country: 'GB' } })
  })
  expect(await settle(payload.replace('HALF', '\\ud83d'))).toMatchObject({ kind: 'processed' })
  expect(await payment()).toMatchObject({ customer_name: 'Ada [31m', customer_email: 'ada @acme.example' })
})

test('what decides identity and does not fit parks the purchase with the name of the field', async () => {
  const table: [string, (session: Json) => void, RegExp][] = [
    ['a customer id that is too long', (session) => Object.assign(session, { customer: 'c'.repeat(256) }), /customer/],
    ['a session id that is not ASCII', (session) => Object.assign(session, { id: 'cs_ü' }), /id invalid_format/],
    [
      'a group whose key is too long',
      (session) => Object.assign(session.metadata as Json, { group_name: 'İ'.repeat(200) }),
      /group_name/,
    ],
    ['a plan that is too long', (session) => Object.assign(session.metadata as Json, { plan: 'p'.repeat(300) }), /plan/],
    [
      'an e-mail address with a control character',
      (session) => Object.assign(session.metadata as Json, { email: 'a\u0007' }),
      /email/,
    ],
  ]
  for (const [what, change, field] of table) {
    await startOver(shop)
    const outcome = await settle(await paidOnce(change))
    expect(outcome, what).toMatchObject({ kind: 'parked', reason: expect.stringMatching(field) })
    expect(outcome.reason, what).not.toMatch(/unexpected/)
  }
})

test('a reservation id that an editor at Stripe has spoilt holds nothing and spoils nothing', async () => {
  const payload = await paidOnce((session) => Object.assign(session.metadata as Json, { reservation_id: 'R-ü' }))
  expect(await settle(payload)).toMatchObject({ kind: 'processed' })
})

test('an error that MySQL has with a value is parked with number and column, without the value', async () => {
  const payload = await paidOnce((session) => Object.assign(session, { currency: 'secretcurrency-of-no-country' }))
  expect(await settle(payload)).toMatchObject({ kind: 'parked', reason: 'unexpected Error (errno 1406, column currency)' })
})

test('events of unknown types and states are kept, however long their words are', async () => {
  const payload = await paidOnce((session, event) => {
    event.type = longest('customer.of_the_future.')
    session.mode = 'm'.repeat(2000)
  })
  expect(await settle(payload)).toMatchObject({ kind: 'ignored' })
  await startOver(shop)
  const ofMode = await paidOnce((session) => Object.assign(session, { mode: '🚀'.repeat(2000) }))
  // Paid, and in a way that nobody knows yet.
  expect(await settle(ofMode)).toMatchObject({ kind: 'parked', reason: expect.stringContaining('checkout in mode 🚀') })
})
