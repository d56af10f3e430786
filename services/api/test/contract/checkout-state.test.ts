import { inTransaction, reservations } from '@licenseoperator/db'
import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertPayment } from '../a-payment.ts'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense } from '../an-api.ts'

const PATH = '/authlance/license/payments/api/v1/checkout-sessions'
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

async function stateOf(sessionId: string, token = acme, on = api) {
  const answer = await on.get(`${PATH}/${encodeURIComponent(sessionId)}`, token)
  return { status: answer.status, body: await answer.json(), caching: answer.headers.get('cache-control') }
}
async function started(lookupKey: string, on = api): Promise<string> {
  return (await (await on.checkout({ lookupKey, organizationName: 'acme' }, acme)).json()).sessionId
}
const notFound = { status: 404, body: { error: 'checkout session not found', code: 'not_found' } }

describe('200', () => {
  test.each(['once', 'year'])(
    '%s: open until it is gone through, then processing until its license is there',
    async (product) => {
      const sessionId = await started(product)
      expect(await stateOf(sessionId)).toEqual({ status: 200, body: { sessionId, status: 'open' }, caching: 'no-store' })
      await shop.emulator.control.completeCheckout(sessionId)
      await expect
        .poll(async () => (await stateOf(sessionId)).body, { timeout: 10_000 })
        .toEqual({ sessionId, status: 'processing' })
      const { licenseId } = await insertLicense(api.db, { stripe: { checkoutSessionId: sessionId } })
      const complete = { sessionId, status: 'complete', licenseId, licenseIds: [licenseId] }
      expect((await stateOf(sessionId)).body).toEqual(complete)
      expect((await stateOf(sessionId, await aSysadmin())).body).toEqual(complete)
    },
  )

  test('a bundle names all its licenses, its own first', async () => {
    const stripe = { checkoutSessionId: 'cs_bundle' }
    const part = await insertLicense(api.db, { issuanceKey: 'checkout:cs_bundle#1', stripe })
    const own = await insertLicense(api.db, { issuanceKey: 'checkout:cs_bundle', stripe })
    const licenseIds = [own.licenseId, part.licenseId]
    expect((await stateOf('cs_bundle')).body).toMatchObject({ status: 'complete', licenseId: own.licenseId, licenseIds })
  })

  test('renewed maintenance names the license that it is for', async () => {
    const { licenseId } = await insertLicense(api.db, { kind: 'perpetual' })
    await insertPayment(api.db, { paymentKey: 'checkout:cs_renewal', issuanceKey: `maintenance:${licenseId}` })
    expect((await stateOf('cs_renewal')).body).toMatchObject({ status: 'complete', licenseId, licenseIds: [licenseId] })
    expect(await stateOf('cs_renewal', await aMember('globex'))).toMatchObject(notFound)
  })

  test('a session that nobody went through in time is expired', async () => {
    const sessionId = await started('once')
    await shop.emulator.control.expireCheckout(sessionId)
    expect((await stateOf(sessionId)).body).toEqual({ sessionId, status: 'expired' })
    expect((await stateOf(sessionId)).body).toEqual({ sessionId, status: 'expired' })
  })

  test('a hold that became a sale under its invoice alone is processing', async () => {
    const sessionId = await started('year')
    const hold = await reservations.findBySession(api.db, sessionId)
    await inTransaction(api.db, (tx) => reservations.consume(tx, hold?.reservationId ?? '', new Date()))
    expect((await stateOf(sessionId)).body).toEqual({ sessionId, status: 'processing' })
  })

  test('Stripe is asked about a hold only, and less often than we are', async () => {
    const sessionId = await started('once')
    const asked = async () => (await shop.calls()).filter((call) => call === `GET /v1/checkout/sessions/${sessionId}`).length
    await Promise.all(Array.from({ length: 20 }, () => stateOf(sessionId)))
    const times = await asked()
    expect(times).toBeLessThan(20)
    await insertLicense(api.db, { stripe: { checkoutSessionId: sessionId } })
    await stateOf(sessionId)
    expect(await asked()).toBe(times)
  })

  test('open, while Stripe cannot be asked', async () => {
    const stripe = await aStripe()
    const alone = await anApi({ stripe: stripe.account })
    await insertProduct(alone.db, { slug: 'once' })
    const sessionId = await started('once', alone)
    await stripe.stop()
    expect((await stateOf(sessionId, acme, alone)).body).toEqual({ sessionId, status: 'open' })
    await alone.close()
  })
})

test('404, all alike: an unknown session and one of a foreign group, held or sold', async () => {
  const foreign = await aMember('globex')
  const sessionId = await started('once')
  await insertLicense(api.db, { stripe: { checkoutSessionId: 'cs_sold' } })
  const calls = await shop.calls()
  for (const id of ['cs_unknown', "cs_' or 1=1", 'cs_ä']) expect(await stateOf(id)).toMatchObject(notFound)
  for (const id of [sessionId, 'cs_sold']) expect(await stateOf(id, foreign)).toMatchObject(notFound)
  expect(await shop.calls()).toEqual(calls)
})

test.each([[' '], ['cs_\n'], ['c'.repeat(256)]])('%j: 400 names the field', async (id) => {
  expect(await stateOf(id)).toMatchObject({
    status: 400,
    body: { error: expect.stringMatching(/^invalid checkout session: id /), code: 'invalid_payload', field: 'id' },
  })
})

test('401 without a token, 403 with a narrowed one', async () => {
  expect((await api.get(`${PATH}/cs_1`)).status).toBe(401)
  expect(await stateOf('cs_1', await aMember('acme', ['licenses:read']))).toMatchObject({
    status: 403,
    body: { code: 'insufficient_scope' },
  })
})
