import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, anApi } from '../an-api.ts'
import { startUncalledStripe } from '../uncalled-stripe.ts'

const PATH = '/authlance/license/payments/product-details'
let stripe: Awaited<ReturnType<typeof startUncalledStripe>>
let api: AnApi

beforeAll(async () => {
  stripe = await startUncalledStripe()
  api = await anApi({ stripe: { apiKey: 'sk_test_none', apiBase: stripe.apiBase } })
  await insertProduct(api.db, {
    slug: 'team',
    type: 'subscription',
    billingInterval: 'quarter',
    billingIntervalCount: 2,
    lookupKey: 'team-key',
    description: 'For teams',
    stripeProductId: 'prod_team',
    stripePriceId: 'price_team',
    metadata: { tier: 'gold' },
  })
  await insertProduct(api.db, { slug: 'once', lookupKey: 'once-key' })
  await insertProduct(api.db, { slug: 'idle', lookupKey: 'idle-key', stripePriceId: 'price_idle', active: false })
  await insertProduct(api.db, { slug: 'hidden', lookupKey: 'hidden-key', internal: true })
})
afterAll(async () => {
  expect(stripe.calls()).toBe(0)
  await api.close()
  await stripe.stop()
})

async function details(body: unknown) {
  const answer = await api.send('POST', PATH, body)
  return { status: answer.status, ...(await answer.json()) }
}

describe('200', () => {
  test.each(['team-key', 'price_team', ' team-key '])(
    '%s: a recurring price with its product, a quarter as three months',
    async (key) => {
      expect(await details({ lookup_key: key })).toEqual({
        status: 200,
        product: {
          id: 'price_team',
          object: 'price',
          active: true,
          currency: 'usd',
          lookup_key: 'team-key',
          type: 'recurring',
          unit_amount: 21_900,
          recurring: { interval: 'month', interval_count: 6 },
          product: {
            id: 'prod_team',
            object: 'product',
            name: 'Core',
            description: 'For teams',
            active: true,
            metadata: { tier: 'gold' },
          },
        },
      })
    },
  )

  test('a one-time price that Stripe does not have yet', async () => {
    expect(await details({ lookup_key: 'once-key' })).toMatchObject({
      status: 200,
      product: { id: 'once-key', type: 'one_time', unit_amount: 21_900 },
    })
  })
})

test.each(['idle-key', 'price_idle', 'hidden-key', 'price_of_somebody_else', "' or 1=1", 'schlüssel', '𑂚'])(
  '%s: 404 product not found',
  async (key) => {
    expect(await details({ lookup_key: key })).toMatchObject({ status: 404, error: 'product not found', code: 'not_found' })
  },
)

test.each([{}, { lookup_key: '' }, { lookup_key: ' ' }, { lookup_key: 0 }, { lookupKey: 'team-key' }])(
  '%j: 400 lookup_key required',
  async (body) => {
    expect(await details(body)).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^lookup_key required/),
      code: 'invalid_payload',
      field: 'lookup_key',
    })
  },
)

test('429 with Retry-After for whoever walks through guesses; others are answered', async () => {
  const proxied = await anApi({ db: api.db, config: { trustedProxies: ['192.0.2.1'] } })
  const ask = async (key: string, client: string) => {
    const request = new Request(`http://localhost${PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': client },
      body: JSON.stringify({ lookup_key: key }),
    })
    return proxied.app.fetch(request, { incoming: { socket: { remoteAddress: '192.0.2.1' } } })
  }
  let refused: Response | undefined
  for (let guess = 0; guess < 1000 && refused === undefined; guess += 1) {
    const answer = await ask(`guess-${guess}`, '198.51.100.7')
    if (answer.status === 429) refused = answer
    else expect(answer.status).toBe(404)
  }
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused?.json()).toMatchObject({ code: 'rate_limited' })
  expect((await ask('team-key', '198.51.100.8')).status).toBe(200)
  await proxied.close()
}, 30_000)

test('public: credentials are ignored, valid or not', async () => {
  const answer = await api.send('POST', PATH, { lookup_key: 'team-key' }, 'not a token')
  expect(answer.status).toBe(200)
})
