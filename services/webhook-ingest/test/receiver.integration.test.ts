import { WEBHOOK_PATH } from '@licenseoperator/billing'
import { openDatabase, stripeEvents } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase, testMysqlAccount } from '@licenseoperator/db/testing'
import { silentLog } from '@licenseoperator/domain'
import { MessageTooLarge } from '@licenseoperator/events'
import { createMetrics } from '@licenseoperator/http'
import { createStripe } from '@licenseoperator/stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createReceiver, type ReceiverDeps } from '../src/index.ts'

const SECRET = 'whsec_of_this_test'
const ROLLED = 'whsec_rolled_yesterday'
const stripe = createStripe({ apiKey: 'sk_test_none', apiBase: 'http://127.0.0.1:9' })

let database: TestDatabase
/** What JetStream took. */
let published: { messageId: string; data: Uint8Array }[]

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  published = []
  await database.db.deleteFrom('stripe_events').execute()
})

function receiver(deps: Partial<ReceiverDeps> = {}) {
  return createReceiver({
    db: database.db,
    publish: async (message) => void published.push(message),
    stripe,
    webhookSecrets: [SECRET, ROLLED],
    checks: {},
    log: silentLog,
    metrics: createMetrics(),
    now: () => NOW,
    ...deps,
  })
}

/** The receiver's clock stands still: at the edge of the tolerance a second more or less on a busy machine would decide. */
const NOW = new Date()
const seconds = (offset: number) => Math.floor(NOW.getTime() / 1000) + offset
const anEvent = (fields: object = {}) =>
  JSON.stringify({
    id: `evt_${crypto.randomUUID()}`,
    object: 'event',
    type: 'checkout.session.completed',
    created: seconds(0),
    data: { object: {} },
    ...fields,
  })

function signature(payload: string, options: { secret?: string; timestamp?: number; scheme?: string } = {}): string {
  return stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET, ...options })
}

/** Sends a body with the header given, or signed as Stripe signs it. */
function send(body: string | Uint8Array<ArrayBuffer>, header: string | null = signature(body.toString()), app = receiver()) {
  return app.request(WEBHOOK_PATH, { method: 'POST', body, headers: header === null ? {} : { 'stripe-signature': header } })
}

async function stored(): Promise<number> {
  const counts = await stripeEvents.countByStatus(database.db)
  return published.length + counts.received + counts.processed + counts.ignored + counts.parked
}

describe('accepted', () => {
  test('a signed event: on disk under its id, byte for byte, then 200', async () => {
    const body = `${anEvent({ id: 'evt_1' })}\n `
    const response = await send(body)
    expect([response.status, await response.text()]).toEqual([200, 'ok'])
    expect(published.map((message) => message.messageId)).toEqual(['evt_1'])
    expect(JSON.parse(Buffer.from(published[0]?.data ?? []).toString())).toMatchObject({ payload: body })
  })

  test('its signature header goes with it, into either store: whoever takes it out verifies it again', async () => {
    const body = anEvent({ id: 'evt_kept' })
    const header = signature(body, { timestamp: seconds(-7) })
    await send(body, header)
    expect(JSON.parse(Buffer.from(published[0]?.data ?? []).toString())).toMatchObject({ payload: body, signature: header })
    await send(body, header, receiver({ publish: () => Promise.reject(new Error('away')) }))
    expect(await stripeEvents.find(database.db, 'evt_kept')).toMatchObject({ payload: Buffer.from(body), signature: header })
  })

  test.each([
    ['by the secret that is being rolled out', { secret: ROLLED }],
    ['299 s ago', { timestamp: seconds(-299) }],
    ['by a clock that runs 290 s ahead', { timestamp: seconds(290) }],
  ])('signed %s', async (_what, options) => {
    const body = anEvent()
    expect((await send(body, signature(body, options))).status).toBe(200)
  })

  test('with both signatures while a secret is rolled', async () => {
    const body = anEvent()
    const [first, second] = [signature(body, { secret: 'whsec_somebody_else' }), signature(body)]
    expect((await send(body, `${first},${second.split(',')[1]}`)).status).toBe(200)
  })

  test('an unknown type and a thin event: recorded, so that Stripe stops sending them', async () => {
    expect((await send(anEvent({ type: 'account.updated' }))).status).toBe(200)
    expect(
      (
        await send(
          JSON.stringify({
            id: 'evt_thin',
            object: 'v2.core.event',
            type: 'v1.billing.meter.no_meter_found',
            created: '2026-01-01T00:00:00Z',
          }),
        )
      ).status,
    ).toBe(200)
    expect(published).toHaveLength(2)
  })
})

/** A header that names another time before the one that is signed. */
const twoTimes = (payload: string, first: number, last: number) => `t=${first},${signature(payload, { timestamp: last })}`

describe('refused with 400, and nothing stored', () => {
  const body = anEvent()
  test.each<[string, string | Uint8Array<ArrayBuffer>, string | null]>([
    ['no signature', body, null],
    ['an empty signature', body, ''],
    ['another secret', body, signature(body, { secret: 'whsec_wrong' })],
    ['another body', `${body} `, signature(body)],
    ['a time 301 s ago', body, signature(body, { timestamp: seconds(-302) })],
    ['a time 301 s ahead', body, signature(body, { timestamp: seconds(310) })],
    ['no time', body, signature(body).replace(/t=\d+,/, '')],
    ['a time that is no number', body, signature(body).replace(/t=\d+/, 't=abc')],
    ['two times, signed for the last, which is years ahead', body, twoTimes(body, seconds(0), seconds(315_360_000))],
    ['two times, signed for the first', body, twoTimes(body, seconds(315_360_000), seconds(0))],
    ['the same time twice', body, twoTimes(body, seconds(0), seconds(0))],
    ['only an old scheme', body, signature(body, { scheme: 'v0' })],
    ['signed text that is no JSON', 'not json', signature('not json')],
    ['signed null', 'null', signature('null')],
    ['a signed list', '[]', signature('[]')],
    ['a signed object that is no event', '{}', signature('{}')],
    ['an id that is a number', anEvent({ id: 0 }), signature(anEvent({ id: 0 }))],
    ['a byte order mark', `\uFEFF${body}`, signature(`\uFEFF${body}`)],
  ])('%s', async (_what, sent, header) => {
    const response = await send(sent, header)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_webhook', error: expect.stringMatching(/^webhook error/) })
    expect(await stored()).toBe(0)
  })

  test('an id of 300 characters, and bytes that are no UTF-8', async () => {
    const long = anEvent({ id: 'e'.repeat(300) })
    expect((await send(long)).status).toBe(400)
    const bytes = Uint8Array.from([...Buffer.from('{"id":"'), 0xff, ...Buffer.from('"}')])
    const header = stripe.webhooks.generateTestHeaderString({ payload: Buffer.from(bytes).toString(), secret: SECRET })
    expect((await send(bytes, header)).status).toBe(400)
    expect(await stored()).toBe(0)
  })
})

test('more than 1 MiB: 413, and nothing stored', async () => {
  const body = anEvent({ data: { object: { blob: 'x'.repeat(1_048_576) } } })
  expect((await send(body)).status).toBe(413)
  expect(await stored()).toBe(0)
})

test('GET on the path: 405 with Allow', async () => {
  const response = await receiver().request(WEBHOOK_PATH)
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
})

describe('when JetStream does not take it', () => {
  test.each([
    ['away', new Error('no answer')],
    ['too large for a message', new MessageTooLarge('1 MiB')],
  ])('%s: MySQL has it, 200, and a second delivery changes nothing', async (_what, error) => {
    const app = receiver({ publish: () => Promise.reject(error) })
    const body = anEvent({ id: 'evt_kept' })
    expect((await send(body, undefined, app)).status).toBe(200)
    expect((await send(body, undefined, app)).status).toBe(200)
    expect((await stripeEvents.find(database.db, 'evt_kept'))?.payload.toString()).toBe(body)
    expect(await stored()).toBe(1)
  })

  test('and MySQL neither: 503 with Retry-After, so that Stripe sends again', async () => {
    const away = openDatabase({ ...testMysqlAccount(), port: 9, database: 'none' })
    const response = await send(
      anEvent(),
      undefined,
      receiver({ db: away.db, publish: () => Promise.reject(new Error('no answer')) }),
    )
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    await away.close()
  })
})

describe('ready', () => {
  const up = async () => {}
  const down = () => Promise.reject(new Error('away'))
  test.each([
    ['both stores', up, up, 200],
    ['JetStream alone', down, up, 200],
    ['MySQL alone', up, down, 200],
    ['JetStream alone, while MySQL hangs', () => new Promise<void>(() => {}), up, 200],
    ['neither', down, down, 503],
  ])('with %s', async (_what, mysql, nats, status) => {
    expect((await receiver({ checks: { mysql, nats } }).request('/readyz')).status).toBe(status)
  })

  test('no more once the process is leaving; webhooks are taken still', async () => {
    const draining = new AbortController()
    const app = receiver({ draining: draining.signal })
    draining.abort()
    expect((await app.request('/readyz')).status).toBe(503)
    expect((await send(anEvent(), undefined, app)).status).toBe(200)
  })
})

test('P15 the database is slow or away: acknowledged as soon as one store has the event, before any work', async () => {
  const away = openDatabase({ ...testMysqlAccount(), port: 1 })
  try {
    const body = anEvent()
    const response = await send(body, signature(body), receiver({ db: away.db }))
    expect(response.status).toBe(200)
    expect(published).toHaveLength(1)
    const refused = receiver({ db: away.db, publish: async () => Promise.reject(new Error('away as well')) })
    expect((await send(body, signature(body), refused)).status).toBe(503)
  } finally {
    await away.close()
  }
})
