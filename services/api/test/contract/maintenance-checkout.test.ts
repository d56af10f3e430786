import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense } from '../an-api.ts'

const PATH = '/authlance/license/payments/api/v1/maintenance-checkout'
const perpetual = { kind: 'perpetual' as const, maintenanceExpiresAt: new Date('2027-01-01T00:00:00Z') }
let shop: AStripe
let api: AnApi
let licenseId: string

beforeAll(async () => {
  shop = await aStripe()
  api = await anApi({ stripe: shop.account, config: { maintenancePriceLookupKey: 'maintenance' } })
  licenseId = (await insertLicense(api.db, perpetual)).licenseId
  await price('maintenance', { interval: 'year' })
  await price('maintenance-once')
})
afterAll(async () => {
  await api.close()
  await shop.stop()
})

async function price(lookupKey: string, recurring?: { interval: 'year' }) {
  const { id } = await shop.stripe.products.create({ name: 'Maintenance' })
  const repeats = recurring === undefined ? {} : { recurring }
  return shop.stripe.prices.create({ product: id, currency: 'usd', unit_amount: 4900, lookup_key: lookupKey, ...repeats })
}
async function start(body: unknown, token?: string, on = api) {
  const answer = await on.send('POST', PATH, body, token ?? (await aMember('acme')))
  return { status: answer.status, ...(await answer.json()) }
}
async function newestSession() {
  const { data } = await shop.stripe.checkout.sessions.list({ limit: 1, expand: ['data.line_items'] })
  return data[0]
}

describe('200', () => {
  test('one payment of the maintenance price, also when that price recurs, with what the renewal needs', async () => {
    const answer = await start({ licenseId, groupName: ' ACME ' })
    expect(answer).toEqual({ status: 200, url: expect.stringMatching(/^https?:/) })
    const session = await newestSession()
    expect(session).toMatchObject({
      url: answer.url,
      mode: 'payment',
      amount_total: 4900,
      success_url: 'https://app.example.com/dashboard/licenses/group?maintenance=renewed',
      cancel_url: 'https://app.example.com/dashboard/licenses/group',
      metadata: { license_type: 'maintenance_renewal', original_license_id: licenseId, group: 'acme', group_name: 'acme' },
    })
    expect(session?.line_items?.data).toMatchObject([{ quantity: 1, amount_total: 4900 }])
  })

  test('a one-time price as it is, for the customer of the purchase', async () => {
    const once = await anApi({ db: api.db, stripe: shop.account, config: { maintenancePriceLookupKey: 'maintenance-once' } })
    const { id } = await shop.stripe.customers.create({})
    const license = await insertLicense(api.db, { ...perpetual, stripe: { customerId: id } })
    expect(await start({ licenseId: license.licenseId, groupName: 'acme' }, await aSysadmin(), once)).toMatchObject({
      status: 200,
    })
    expect(await newestSession()).toMatchObject({ customer: id, amount_total: 4900 })
    await once.close()
  })
})

test('the payment says what it is for, as the session does', async () => {
  await start({ licenseId, groupName: 'acme' })
  const session = await newestSession()
  const { session: paid } = await shop.emulator.control.completeCheckout(session?.id ?? '')
  const intent = await shop.stripe.paymentIntents.retrieve(String(paid.payment_intent))
  expect(intent.metadata).toMatchObject({
    license_type: 'maintenance_renewal',
    original_license_id: licenseId,
    product_key: 'core',
  })
  expect(intent.metadata).toEqual(session?.metadata)
})

test('the answer is lost: the second try gets the same session', async () => {
  const before = (await shop.stripe.checkout.sessions.list({ limit: 100 })).data.length
  await shop.emulator.control.fault({ route: 'POST /v1/checkout/sessions', cut: 'after' })
  expect(await start({ licenseId, groupName: 'acme' })).toMatchObject({ status: 200 })
  expect((await shop.stripe.checkout.sessions.list({ limit: 100 })).data).toHaveLength(before + 1)
  expect(await shop.emulator.control.pendingFaults()).toEqual([])
})

describe('403 license is not a perpetual manual license, all alike and without a call to Stripe', () => {
  test('unknown, foreign, not perpetual, revoked, or renewing by itself', async () => {
    const calls = await shop.calls()
    const revoked = await insertLicense(api.db, perpetual)
    await api.db.updateTable('licenses').set({ revoked_at: new Date() }).where('license_id', '=', revoked.licenseId).execute()
    const others = await Promise.all([
      insertLicense(api.db, { kind: 'subscription' }),
      insertLicense(api.db, { kind: 'trial' }),
      insertLicense(api.db, { kind: 'one_off' }),
      insertLicense(api.db, { ...perpetual, stripe: { subscriptionId: 'sub_1' } }),
      insertLicense(api.db, { ...perpetual, groupName: 'globex' }),
      revoked,
    ])
    const refused = { status: 403, error: 'license is not a perpetual manual license', code: 'forbidden' }
    for (const id of [...others.map((one) => one.licenseId), 'L-unknown', "' or 1=1"])
      expect(await start({ licenseId: id, groupName: 'acme' })).toMatchObject(refused)
    expect(await start({ licenseId, groupName: 'acme' }, await aMember('globex'))).toMatchObject(refused)
    expect(await start({ licenseId, groupName: 'globex' }, await aMember('globex'))).toMatchObject(refused)
    expect(await shop.calls()).toEqual(calls)
  })
})

test.each([
  [{}, 'licenseId'],
  [{ licenseId: 'L-1' }, 'groupName'],
  [{ licenseId: '', groupName: 'acme' }, 'licenseId'],
  [{ licenseId: 'L-1', groupName: ' ' }, 'groupName'],
  [{ licenseId: [], groupName: 'acme' }, 'licenseId'],
])('%j: 400 invalid request naming %s', async (body, field) => {
  expect(await start(body)).toMatchObject({ status: 400, error: expect.stringMatching(/^invalid request/), field })
})

test.each([undefined, 'nobody-has-this'])('without a maintenance price (%s): 500, and the reason stays inside', async (key) => {
  const unpriced = await anApi({ db: api.db, stripe: shop.account, config: { maintenancePriceLookupKey: key } })
  const answer = await start({ licenseId, groupName: 'acme' }, undefined, unpriced)
  expect(answer).toMatchObject({ status: 500, error: 'failed to create maintenance checkout', code: 'internal' })
  await unpriced.close()
})

test('401 without a token, 403 with a narrowed one, 503 while Stripe is away', async () => {
  expect((await api.send('POST', PATH, { licenseId, groupName: 'acme' })).status).toBe(401)
  expect(await start({ licenseId, groupName: 'acme' }, await aMember('acme', ['licenses:read']))).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
  })
  const alone = await anApi({ db: api.db, config: { maintenancePriceLookupKey: 'maintenance' } })
  expect(await start({ licenseId, groupName: 'acme' }, undefined, alone)).toMatchObject({ status: 503 })
  await alone.close()
})
