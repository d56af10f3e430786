import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertPayment } from '../a-payment.ts'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense } from '../an-api.ts'

const PATH = '/authlance/license/payments/api/v1/customer-portal'
let shop: AStripe
let api: AnApi
let customerId: string

beforeAll(async () => {
  shop = await aStripe()
  api = await anApi({ stripe: shop.account })
  customerId = (await shop.stripe.customers.create({ email: 'ada@acme.test' })).id
  await insertLicense(api.db, { groupName: 'acme', stripe: { customerId } })
})
afterAll(async () => {
  await api.close()
  await shop.stop()
})

async function open(body: unknown, token?: string, on = api) {
  const answer = await on.send('POST', PATH, body, token ?? (await aMember('acme')))
  return { status: answer.status, ...(await answer.json()) }
}

describe('200', () => {
  test('a member of the group that bought, through a license or a payment; a sysadmin for anyone', async () => {
    expect(await open({ customerId })).toEqual({ status: 200, url: expect.stringMatching(/^https?:/) })
    expect(await open({ customerId }, await aSysadmin())).toMatchObject({ status: 200 })
    const paying = (await shop.stripe.customers.create({})).id
    await insertPayment(api.db, { groupName: 'Globex', stripeCustomerId: paying })
    expect(await open({ customerId: paying }, await aMember('globex'))).toMatchObject({ status: 200 })
    const [request] = (await shop.emulator.control.traffic()).filter(({ path }) => path === '/v1/billing_portal/sessions')
    expect(new URLSearchParams(request?.body).get('return_url')).toBe('https://app.example.com/')
  })
})

test.each([{}, { customerId: '' }, { customerId: "cus_'; --" }, { customerId: {} }, { customerId: 'sub_1' }])(
  '%j: 400 customerId required, without a call to Stripe',
  async (body) => {
    const calls = await shop.calls()
    expect(await open(body, await aSysadmin())).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^customerId required/),
      field: 'customerId',
    })
    expect(await shop.calls()).toEqual(calls)
  },
)

test('401, 403 for a foreign or unknown customer and a narrowed token, 400 for one that Stripe does not know', async () => {
  expect((await api.send('POST', PATH, { customerId })).status).toBe(401)
  expect(await open({ customerId }, await aMember('globex'))).toMatchObject({ status: 403, error: 'forbidden' })
  expect(await open({ customerId: 'cus_unknown' })).toMatchObject({ status: 403 })
  expect(await open({ customerId }, await aMember('acme', ['licenses:read']))).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
  })
  expect(await open({ customerId: 'cus_unknown' }, await aSysadmin())).toMatchObject({ status: 400 })
})

test('503 with Retry-After while Stripe is away', async () => {
  const alone = await anApi()
  const answer = await alone.send('POST', PATH, { customerId }, await aSysadmin())
  expect({ status: answer.status, retryAfter: answer.headers.get('retry-after') }).toEqual({ status: 503, retryAfter: '5' })
  await alone.close()
})
