import { insertProduct } from '@licenseoperator/db/testing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense, reservationsOf, takenOf } from '../an-api.ts'

const SESSIONS = 'POST /v1/checkout/sessions'
let emulator: Emulator
let stripe: Stripe
let api: AnApi
let acme: string

beforeAll(async () => {
  emulator = await startEmulator({ recordFile: '' })
  stripe = new Stripe(emulator.apiKey, { host: '127.0.0.1', port: emulator.port, protocol: 'http' })
  api = await anApi({ stripe: { apiKey: emulator.apiKey, apiBase: emulator.url } })
  acme = await aMember('acme')
})
afterEach(async () => {
  // A fault that did not fire would have proved nothing.
  expect(await emulator.control.pendingFaults()).toEqual([])
})
afterAll(async () => {
  await api.close()
  await emulator.stop()
})

/** A product whose price exists at Stripe. */
async function aPricedProduct(fields: Parameters<typeof insertProduct>[1] = {}) {
  const { id } = await stripe.products.create({ name: 'Core' })
  const price = await stripe.prices.create({ product: id, currency: 'usd', unit_amount: 21_900 })
  return insertProduct(api.db, { stripeProductId: id, stripePriceId: price.id, ...fields })
}

async function bought(body: Record<string, unknown>, token = acme) {
  const response = await api.checkout({ organizationName: 'acme', ...body }, token)
  expect(response.status).toBe(200)
  const answer: { sessionId: string; url: string } = await response.json()
  return { answer, session: await stripe.checkout.sessions.retrieve(answer.sessionId, { expand: ['line_items'] }) }
}

describe('200', () => {
  test('a one-off product at a fixed price', async () => {
    const product = await aPricedProduct({ termDurationDays: 90 })
    const { answer, session } = await bought({
      lookupKey: product.slug,
      cookieDomain: '.Acme.test',
      organizationLongName: 'Acme Inc',
    })
    expect(answer.url).toBe(session.url)
    expect(session).toMatchObject({
      mode: 'payment',
      amount_total: 21_900,
      customer_email: 'ada@acme.test',
      success_url: 'https://app.example.com/dashboard/licenses/group?session_id={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://app.example.com/dashboard/pricing',
    })
    const [reservation] = await reservationsOf(api.db, product.id)
    expect(session.metadata).toEqual({
      group_name: 'acme',
      group: 'acme',
      organization_long_name: 'Acme Inc',
      product_slug: product.slug,
      product_key: 'core',
      plan: 'core',
      license_mode: 'one_off',
      term_days: '90',
      domain: '.acme.test',
      email: 'ada@acme.test',
      identity: 'ada',
      reservation_id: reservation?.reservation_id,
    })
    expect(reservation).toMatchObject({ status: 'held', stripe_session_id: session.id, group_key: 'acme' })
    expect(await takenOf(api.db, product.id)).toBe(1)
  })

  test('a tiered subscription: our total, the seats, and the same metadata on the subscription', async () => {
    const product = await insertProduct(api.db, {
      type: 'subscription',
      pricingMode: 'tiered',
      baseAmountMinor: 1000,
      maxManagedProducts: 40,
      trialPeriodDays: 14,
      pricingTiers: [
        { upperBound: 5, amount: 900 },
        { factor: 0.8, perUnit: true },
      ],
    })
    const { session } = await bought({ lookupKey: product.slug, managedProducts: 40 })
    expect(session.mode).toBe('subscription')
    expect(session.line_items?.data).toMatchObject([
      { quantity: 1, price: { unit_amount: 32_000, recurring: { interval: 'year' } } },
    ])
    expect(session.metadata).toMatchObject({ managed_products: '40', license_mode: 'subscription', group_name: 'acme' })
    const paid = await emulator.control.completeCheckout(session.id)
    const subscription = await stripe.subscriptions.retrieve(String(paid.session.subscription))
    expect(subscription.metadata).toEqual(session.metadata)
    expect(subscription.status).toBe('trialing')
    // Subscriptions don't count towards the cap of one-off licenses.
    expect(await takenOf(api.db, product.id)).toBe(0)
  })

  test('the price id names the product too, and a sysadmin buys for any group', async () => {
    const product = await aPricedProduct()
    const { session } = await bought({ lookupKey: product.stripePriceId, organizationName: 'Somebody Else' }, await aSysadmin())
    expect(session.metadata).toMatchObject({ product_slug: product.slug, group_name: 'Somebody Else', email: 'root@vendor.test' })
  })

  test("a group that bought before pays as the customer it was, whatever the name's spelling", async () => {
    const customer = await stripe.customers.create({ email: 'first@acme.test' })
    await insertLicense(api.db, { groupName: 'Returning', stripe: { customerId: customer.id } })
    const product = await aPricedProduct()
    const { session } = await bought({ lookupKey: product.slug, organizationName: ' RETURNING ' }, await aMember('returning'))
    expect(session.customer).toBe(customer.id)
  })

  test('the answer is lost: the second try gets the same session', async () => {
    const product = await aPricedProduct()
    await emulator.control.fault({ route: SESSIONS, cut: 'after' })
    const before = (await stripe.checkout.sessions.list({ limit: 100 })).data.length
    const { session } = await bought({ lookupKey: product.slug })
    expect((await stripe.checkout.sessions.list({ limit: 100 })).data).toHaveLength(before + 1)
    expect(await reservationsOf(api.db, product.id)).toMatchObject([{ stripe_session_id: session.id }])
  })
})

describe('409', () => {
  test('50 groups at once for 10 licenses: 10 sessions, 40 refusals', async () => {
    const product = await aPricedProduct({ maxLicenseTotal: 10 })
    const order = async (organizationName: string) =>
      api.checkout({ lookupKey: product.slug, organizationName }, await aMember(organizationName))
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => order(`group-${index}`)))
    const statuses = answers.map((answer) => answer.status).toSorted()
    expect(statuses).toEqual([...Array(10).fill(200), ...Array(40).fill(409)])
    const ids = await Promise.all(answers.filter((one) => one.status === 200).map(async (one) => (await one.json()).sessionId))
    expect(new Set(ids).size).toBe(10)
    expect(await takenOf(api.db, product.id)).toBe(10)
    const held = await reservationsOf(api.db, product.id)
    expect(held.map((one) => one.stripe_session_id).toSorted()).toEqual(ids.toSorted())
  })
})

describe('400', () => {
  test('Stripe refuses: what was held is free again', async () => {
    const product = await insertProduct(api.db, { stripePriceId: `price_${crypto.randomUUID()}`, maxLicenseTotal: 1 })
    const response = await api.checkout({ lookupKey: product.slug, organizationName: 'acme' }, acme)
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatch(/^invalid request: the payment provider refused it/)
    expect(await takenOf(api.db, product.id)).toBe(0)
    expect(await reservationsOf(api.db, product.id)).toMatchObject([{ status: 'released' }])
  })
})

describe('503', () => {
  async function expectKeptHold(asked: AnApi): Promise<void> {
    const product = await insertProduct(asked.db, { maxLicenseTotal: 1 })
    const body = { lookupKey: product.slug, organizationName: 'acme' }
    const response = await asked.checkout(body, acme)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.json()).toMatchObject({ error: 'temporarily unavailable', code: 'temporarily_unavailable' })
    expect(await reservationsOf(asked.db, product.id)).toMatchObject([{ status: 'held', stripe_session_id: null }])
    expect(await takenOf(asked.db, product.id)).toBe(1)
    expect((await asked.checkout(body, acme)).status).toBe(409)
  }

  // Two of each: the client tries once more by itself.
  test.each([
    ['Stripe fails', { route: SESSIONS, status: 500, count: 2 }],
    ['Stripe hangs up', { route: SESSIONS, cut: 'before', count: 2 }],
  ] as const)('%s: the session may exist, so the hold stays', async (_what, fault) => {
    await emulator.control.fault(fault)
    await expectKeptHold(api)
  })

  test('Stripe does not answer in time, and makes the session later: the hold stays', async () => {
    const stripeOnce = { apiKey: emulator.apiKey, apiBase: emulator.url, timeoutMs: 300, maxNetworkRetries: 0 }
    const impatient = await anApi({ stripe: stripeOnce })
    await emulator.control.fault({ route: SESSIONS, delayMs: 2000 })
    try {
      await expectKeptHold(impatient)
    } finally {
      await impatient.close()
    }
  })
})
