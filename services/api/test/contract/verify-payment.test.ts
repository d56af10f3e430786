import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failAfter, gone } from '../a-failing-db.ts'
import { insertPayment } from '../a-payment.ts'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense } from '../an-api.ts'

const PATHS = ['/authlance/license/payments/api/v1/verify-payment', '/licenseoperator/verify-payment']
const [PATH = ''] = PATHS
let shop: AStripe
let api: AnApi
let member: string

beforeAll(async () => {
  shop = await aStripe()
  api = await anApi({ stripe: shop.account })
  member = await aMember('acme')
})
afterAll(async () => {
  await api.close()
  await shop.stop()
})
beforeEach(() => shop.emulator.control.clearFaults())

async function verified(licenseId: string, path = PATH, on = api) {
  const answer = await on.get(`${path}/${licenseId}`, member)
  return { status: answer.status, ...(await answer.json()) }
}

/** A subscription that was really bought at Stripe, with its license and payment as the processor would store them. */
async function aPaidSubscription() {
  const { stripe } = shop
  const { id } = await stripe.products.create({ name: 'Core' })
  const lookupKey = `core-${crypto.randomUUID()}`
  const price = await stripe.prices.create({
    product: id,
    currency: 'usd',
    unit_amount: 19_900,
    recurring: { interval: 'year' },
    lookup_key: lookupKey,
    metadata: { tier: 'gold' },
  })
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'https://app.example.com/',
    subscription_data: { metadata: { group_name: 'acme' } },
  })
  await shop.emulator.control.completeCheckout(session.id)
  const done = await stripe.checkout.sessions.retrieve(session.id)
  const invoiceId = String(done.invoice)
  const product = await insertProduct(api.db, {
    type: 'subscription',
    stripeProductId: id,
    stripePriceId: price.id,
    lookupKey,
    metadata: { product_type: 'subscription' },
  })
  const license = await insertLicense(api.db, {
    productId: product.id,
    kind: 'subscription',
    seats: 5,
    domain: '.acme.test',
    couponCode: 'FREE',
    stripe: {
      invoiceId,
      customerId: String(done.customer),
      checkoutSessionId: session.id,
      subscriptionId: String(done.subscription),
    },
  })
  await insertPayment(api.db, {
    paymentKey: `invoice:${invoiceId}`,
    issuanceKey: license.issuanceKey,
    stripeInvoiceId: invoiceId,
    stripePaymentIntentId: undefined,
  })
  return { license, product, invoiceId, priceId: price.id, lookupKey }
}

describe('200', () => {
  test.each(PATHS)('%s: license, product, invoice, payment intent and our own record', async (path) => {
    const { license, product, invoiceId, priceId, lookupKey } = await aPaidSubscription()
    const answer = await verified(license.licenseId, path)
    expect(answer).toMatchObject({
      status: 200,
      license: {
        licenseId: license.licenseId,
        priceLocked: false,
        plan: 'core',
        domain: '.acme.test',
        email: 'owner@acme.test',
        couponCode: 'FREE',
        stripeInvoiceId: invoiceId,
        stripeCustomerId: license.stripe.customerId,
        stripeCheckoutId: license.stripe.checkoutSessionId,
        seats: 5,
        createdAt: '2026-01-01T00:00:00Z',
        expiresAt: '2027-01-01T00:00:00Z',
        licenseType: 'subscription',
      },
      product: { slug: product.slug, billingInterval: 'year', metadata: { product_type: 'subscription' } },
      invoice: {
        id: invoiceId,
        status: 'paid',
        currency: 'usd',
        priceId,
        priceLookupKey: lookupKey,
        amountSubtotal: 19_900,
        amountTax: 0,
        amountTotal: 19_900,
        created: expect.stringMatching(/^\d{4}-.*Z$/),
        paidAt: expect.stringMatching(/^\d{4}-.*Z$/),
        priceMetadata: { tier: 'gold' },
      },
      paymentIntent: {
        status: 'succeeded',
        amount: 19_900,
        amountReceived: 19_900,
        charges: [{ status: 'succeeded', paymentMethod: 'card', amount: 19_900, paid: true }],
      },
      recordedPayment: { amountTotal: 19_900, invoiceId },
    })
    expect(answer.license).not.toHaveProperty('maintenanceExpiresAt')
  })

  test('the second answer is the same and comes without a call to Stripe', async () => {
    const { license } = await aPaidSubscription()
    const first = await verified(license.licenseId)
    const calls = await shop.calls()
    expect(await verified(license.licenseId)).toEqual(first)
    expect(await shop.calls()).toEqual(calls)
  })

  test('Stripe away: what our records know, and the next answer is complete again', async () => {
    const { license, invoiceId } = await aPaidSubscription()
    await shop.emulator.control.fault({ route: `GET /v1/invoices/${invoiceId}`, status: 500 })
    expect(await verified(license.licenseId)).toMatchObject({
      status: 200,
      license: { seats: 5 },
      invoice: { id: invoiceId, status: 'paid', amountTotal: 19_900 },
      recordedPayment: { amountTotal: 19_900 },
    })
    expect(await shop.emulator.control.pendingFaults()).toEqual([])
    expect(await verified(license.licenseId)).toMatchObject({ paymentIntent: { status: 'succeeded' } })
  })

  test('details that were kept in a shape of another version are asked for again', async () => {
    const { license, invoiceId } = await aPaidSubscription()
    const first = await verified(license.licenseId)
    const kept = api.db.updateTable('payment_details').set({ invoice: '{"number":1}' })
    await kept.where('payment_key', '=', `invoice:${invoiceId}`).execute()
    expect(await verified(license.licenseId)).toEqual(first)
  })

  test('ids that Stripe does not know are left out', async () => {
    const license = await insertLicense(api.db, {
      stripe: { invoiceId: 'in_unknown', paymentIntentId: 'pi_unknown', customerId: 'cus_1' },
    })
    const answer = await verified(license.licenseId)
    expect(answer).toMatchObject({ status: 200, license: { stripeInvoiceId: 'in_unknown' } })
    expect(answer).not.toHaveProperty('invoice')
    expect(answer).not.toHaveProperty('paymentIntent')
  })

  test.each(['trial', 'manual'] as const)('a %s license: no payment, and no call to Stripe', async (kind) => {
    const calls = await shop.calls()
    const license = await insertLicense(api.db, { kind })
    const { status, ...parts } = await verified(license.licenseId)
    expect({ status, parts: Object.keys(parts) }).toEqual({ status: 200, parts: ['license'] })
    expect(parts.license).toMatchObject({ licenseType: 'subscription' })
    expect(parts.license).not.toHaveProperty('seats')
    expect(await shop.calls()).toEqual(calls)
  })

  test('perpetual licenses: by hand, or by the subscription behind them, which a dashboard can manage', async () => {
    const product = await insertProduct(api.db, { metadata: { license_type: 'perpetual' } })
    const perpetual = {
      kind: 'perpetual' as const,
      productId: product.id,
      maintenanceExpiresAt: new Date('2027-01-01T00:00:00Z'),
    }
    const manual = await insertLicense(api.db, perpetual)
    const auto = await insertLicense(api.db, { ...perpetual, stripe: { subscriptionId: 'sub_1' } })
    expect(await verified(manual.licenseId)).toMatchObject({
      license: { licenseType: 'perpetual_manual', maintenanceExpiresAt: '2027-01-01T00:00:00Z' },
      product: { metadata: { license_type: 'perpetual' } },
    })
    expect(await verified(auto.licenseId)).toMatchObject({
      license: { licenseType: 'perpetual_auto' },
      product: { metadata: { license_type: 'perpetual', license_mode: 'subscription' } },
    })
  })

  test('every license of a bundle shows the one payment', async () => {
    const main = await insertLicense(api.db, { issuanceKey: 'checkout:cs_bundle' })
    const part = await insertLicense(api.db, { issuanceKey: 'checkout:cs_bundle#1' })
    await insertPayment(api.db, {
      issuanceKey: 'checkout:cs_bundle',
      stripeInvoiceId: undefined,
      stripePaymentIntentId: undefined,
    })
    for (const { licenseId } of [main, part])
      expect(await verified(licenseId)).toMatchObject({ recordedPayment: { amountTotal: 19_900 } })
  })
})

describe('refusals', () => {
  test.each(PATHS)('%s: 400 without an id, 404 for an unknown one, 401 and 403 by caller', async (path) => {
    const license = await insertLicense(api.db, {})
    for (const blank of ['', '%20']) {
      const answer = await api.get(`${path}/${blank}`, member)
      expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({
        status: 400,
        error: 'licenseId required',
        field: 'licenseId',
      })
    }
    for (const unknown of ['L-01JZX3F9T5M2Q8V7K4N6R0B1CD', 'acme', "L-' or 1=1", 'l-1'])
      expect(await verified(encodeURIComponent(unknown), path)).toMatchObject({ status: 404, error: 'resource not found' })
    const ask = async (token?: string) => (await api.get(`${path}/${license.licenseId}`, token)).status
    expect(await ask()).toBe(401)
    expect(await ask(await aMember('globex'))).toBe(403)
    expect(await ask(await aMember('ACME'))).toBe(200)
    expect(await ask(await aMember('acme', ['licenses:read']))).toBe(403)
    expect(await ask(await aSysadmin(['payments:read']))).toBe(200)
  })

  test.each(PATHS)('%s: 503 while MySQL is away, 500 for anything else', async (path) => {
    const license = await insertLicense(api.db, {})
    const answers = async (failure: Error) => {
      const failing = await anApi({ stripe: shop.account, db: failAfter(api.db, 0, 'licenses', failure) })
      const answer = await verified(license.licenseId, path, failing)
      await failing.close()
      return answer
    }
    expect(await answers(gone)).toMatchObject({ status: 503, error: 'temporarily unavailable' })
    expect(await answers(new Error('SELECT secrets'))).toMatchObject({
      status: 500,
      error: 'failed to verify payment',
      code: 'internal',
    })
  })
})
