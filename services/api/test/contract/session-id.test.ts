import { insertProduct } from '@licenseoperator/db/testing'
import { mintToken } from '@licenseoperator/http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense, SECRET } from '../an-api.ts'

const PATH = '/authlance/license/payments/api/v1/session-id'
let shop: AStripe
let api: AnApi
let acme: string

beforeAll(async () => {
  shop = await aStripe()
  api = await anApi({ stripe: shop.account })
  acme = await aMember('acme')
  await insertProduct(api.db, { slug: 'year', type: 'subscription' })
  await insertProduct(api.db, { slug: 'once' })
})
afterAll(async () => {
  await api.close()
  await shop.stop()
})

async function resolve(sessionId: unknown, token = acme, on = api) {
  const answer = await on.send('POST', PATH, { sessionId }, token)
  return { status: answer.status, ...(await answer.json()) }
}
async function bought(lookupKey: string): Promise<string> {
  const { sessionId } = await (await api.checkout({ lookupKey, organizationName: 'acme' }, acme)).json()
  await shop.emulator.control.completeCheckout(sessionId)
  return sessionId
}
const notFound = { status: 404, error: 'subscription not found', code: 'not_found' }

describe('200', () => {
  test('from Stripe before the license is issued', async () => {
    const session = await bought('year')
    const { subscription } = await shop.stripe.checkout.sessions.retrieve(session)
    expect(await resolve(session)).toEqual({ status: 200, subscriptionId: subscription })
    expect(await resolve(session, await aSysadmin())).toEqual({ status: 200, subscriptionId: subscription })
  })

  test('from our records once it is, without a call to Stripe', async () => {
    await insertLicense(api.db, { stripe: { checkoutSessionId: 'cs_issued', subscriptionId: 'sub_issued' } })
    const calls = await shop.calls()
    expect(await resolve('cs_issued')).toEqual({ status: 200, subscriptionId: 'sub_issued' })
    expect(await shop.calls()).toEqual(calls)
  })
})

describe('404 subscription not found, all alike', () => {
  test('an unknown session, one of a foreign group, a one-time payment, known to us or to Stripe', async () => {
    const foreign = await aMember('globex')
    expect(await resolve('cs_unknown')).toMatchObject(notFound)
    expect(await resolve("cs_' or 1=1")).toMatchObject(notFound)
    expect(await resolve('cs_ä')).toMatchObject(notFound)
    expect(await resolve(await bought('year'), foreign)).toMatchObject(notFound)
    expect(await resolve('cs_issued', foreign)).toMatchObject(notFound)
    expect(await resolve(await bought('once'))).toMatchObject(notFound)
    await insertLicense(api.db, { stripe: { checkoutSessionId: 'cs_once' } })
    expect(await resolve('cs_once')).toMatchObject(notFound)
  })
})

test.each([[undefined], [''], [' '], [0], [['cs_1']]])('%j: 400 sessionId required', async (sessionId) => {
  expect(await resolve(sessionId)).toMatchObject({
    status: 400,
    error: expect.stringMatching(/^sessionId required/),
    field: 'sessionId',
  })
})

test('401 without a token, 403 with a narrowed one, 503 while Stripe is away', async () => {
  expect((await api.send('POST', PATH, { sessionId: 'cs_1' })).status).toBe(401)
  expect(await resolve('cs_1', await aMember('acme', ['licenses:read']))).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
  })
  const alone = await anApi()
  expect(await resolve('cs_1', acme, alone)).toMatchObject({ status: 503, code: 'temporarily_unavailable' })
  await alone.close()
})

test('who invents sessions may ask Stripe for 20 of them a minute; real ones and other callers are answered', async () => {
  const real = await bought('year')
  const guesser = await mintToken({ secret: SECRET, ttlMs: 60_000, identity: 'guesser', roles: [], groups: ['acme'] })
  const before = (await shop.calls()).length
  const answers = await Promise.all(Array.from({ length: 120 }, (_, index) => resolve(`cs_invented_${index}`, guesser)))
  expect((await shop.calls()).length - before).toBe(20)
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(20)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(100)
  expect(await resolve('cs_issued', guesser)).toMatchObject({ status: 200 })
  for (let tries = 0; tries < 25; tries += 1) expect((await resolve(real)).status).toBe(200)
})
