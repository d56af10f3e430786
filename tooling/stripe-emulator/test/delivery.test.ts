import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createControlClient } from '../src/index.ts'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

const inOrder = ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded', 'checkout.session.completed']

async function buy(): Promise<string> {
  const price = await shop.oneTimePrice()
  await shop.addEndpoint()
  const session = await shop.checkout({ price: price.id })
  await shop.emulator.control.completeCheckout(session.id)
  return session.id
}

test('a webhook carries the documented headers and a signature over its exact bytes', async () => {
  await buy()
  await shop.emulator.control.waitIdle()
  expect(shop.received.at(-1)?.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'stripe-signature': expect.stringMatching(/^t=\d+,v1=[0-9a-f]{64}$/),
  })
  expect(shop.received.every(({ refusal }) => refusal === null)).toBe(true)
})

test('events can come reversed', async () => {
  await shop.emulator.control.settings({ webhooks: { order: 'reversed' } })
  await buy()
  await shop.emulator.control.waitIdle()
  expect(shop.types()).toEqual(inOrder.toReversed())
})

test('a shuffle is another order, and the same for the same seed', async () => {
  const { control } = shop.emulator
  await control.settings({ webhooks: { order: 'shuffled', shuffleSeed: 's1' } })
  await buy()
  await control.waitIdle()
  const first = shop.types()
  shop.received.splice(0)
  await control.reset()
  await control.settings({ webhooks: { order: 'shuffled', shuffleSeed: 's1' } })
  await buy()
  await control.waitIdle()
  expect(shop.types()).toEqual(first)
  expect(first).not.toEqual(inOrder)
  expect(first.toSorted()).toEqual(inOrder.toSorted())
})

test('one type can be held back until the others were answered, even all at once', async () => {
  await shop.emulator.control.settings({ webhooks: { holdBack: 'payment_intent.created', concurrency: 'all_at_once' } })
  await buy()
  await shop.emulator.control.waitIdle()
  expect(shop.types().at(-1)).toBe('payment_intent.created')
  expect(shop.types()).toHaveLength(4)
})

test('copies come at once and later, with the same id and body', async () => {
  await shop.emulator.control.settings({ webhooks: { rules: [{ match: 'checkout.session.*', copies: 3, laterCopyMs: 20 }] } })
  await buy()
  await shop.emulator.control.waitIdle()
  const copies = shop.received.filter(({ event }) => event?.type === 'checkout.session.completed')
  expect(copies).toHaveLength(4)
  expect(new Set(copies.map(({ body }) => body)).size).toBe(1)
  expect(shop.types().filter((type) => type === 'charge.succeeded')).toHaveLength(1)
})

test('an event can wait until it is released, and another never come at all', async () => {
  const { control } = shop.emulator
  await control.settings({
    webhooks: {
      rules: [
        { match: 'checkout.session.completed', delay: 'until_released' },
        { match: 'charge.*', drop: true },
      ],
    },
  })
  await buy()
  await control.waitIdle()
  expect(shop.types()).toEqual(['payment_intent.created', 'payment_intent.succeeded'])
  expect(await control.held()).toMatchObject([{ type: 'checkout.session.completed' }])
  expect(await control.release('checkout.session.completed')).toBe(1)
  await control.waitIdle()
  expect(shop.types().at(-1)).toBe('checkout.session.completed')
  expect((await shop.stripe.events.list({ delivery_success: false })).data.map(({ type }) => type)).toEqual(['charge.succeeded'])
})

test('a delay follows the emulator clock', async () => {
  const { control } = shop.emulator
  await control.clock({ freezeAt: null })
  await control.settings({ webhooks: { rules: [{ match: 'checkout.session.completed', delay: 60_000 }] } })
  await buy()
  await expect(control.waitIdle(50)).rejects.toThrow(/still under way/)
  expect(shop.types()).not.toContain('checkout.session.completed')
  await control.clock({ advanceSeconds: 60 })
  await control.waitIdle()
  expect(shop.types()).toContain('checkout.session.completed')
})

test('a failed try is repeated with the same event and a new signature, until a 2xx', async () => {
  await shop.emulator.control.settings({ webhooks: { retryDelaysMs: [5, 5, 5] } })
  shop.answerWith(500, 302)
  await shop.addEndpoint()
  const { id } = await shop.stripe.products.create({ name: 'A' })
  await shop.emulator.control.waitIdle()
  const tries = await shop.emulator.control.deliveries()
  expect(tries.map(({ status, attempt, succeeded }) => ({ status, attempt, succeeded }))).toEqual([
    { status: 500, attempt: 1, succeeded: false },
    { status: 302, attempt: 2, succeeded: false },
    { status: 200, attempt: 3, succeeded: true },
  ])
  expect(new Set(shop.received.map(({ event }) => event?.id)).size).toBe(1)
  expect(new Set(shop.received.map(({ body }) => body)).size).toBe(1)
  expect(shop.received[0]?.event?.data.object).toMatchObject({ id })
  expect((await shop.stripe.events.retrieve(shop.received[0]?.event?.id ?? '')).pending_webhooks).toBe(0)
})

test('a retry has the bytes of the first try, whatever other endpoints answered meanwhile', async () => {
  await shop.emulator.control.settings({ webhooks: { retryDelaysMs: [5], concurrency: 'all_at_once' } })
  await shop.addEndpoint()
  await shop.addEndpoint()
  shop.answerWith(500)
  await shop.stripe.products.create({ name: 'A' })
  await shop.emulator.control.waitIdle()
  const tries = await shop.emulator.control.deliveries()
  expect(tries.map(({ succeeded }) => succeeded).toSorted()).toEqual([false, true, true])
  expect(new Set(tries.map(({ endpointId }) => endpointId)).size).toBe(2)
  expect(new Set(shop.received.map(({ body }) => body)).size).toBe(1)
})

test('an event stays undelivered as long as one endpoint has not taken it', async () => {
  const { control } = shop.emulator
  const undelivered = async () => (await shop.stripe.events.list({ delivery_success: false })).data.map(({ type }) => type)
  await control.settings({ webhooks: { retryDelaysMs: [] } })
  const { url } = await shop.addEndpoint()
  const broken = await shop.addEndpoint({ url: 'http://127.0.0.1:1/nobody-listens' })
  await shop.stripe.products.create({ name: 'A' })
  await control.waitIdle()
  const [event] = await control.events()
  await control.redeliver(event?.id ?? '') // the working endpoint takes it a second time
  expect(await undelivered()).toEqual(['product.created'])
  await shop.stripe.webhookEndpoints.update(broken.id, { url })
  await control.redeliver(event?.id ?? '')
  expect(await undelivered()).toEqual([])
})

test('an endpoint that does not answer in time is a failed try', async () => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  await shop.emulator.control.settings({ webhooks: { timeoutMs: 50, retryDelaysMs: [] } })
  await shop.addEndpoint({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` })
  await shop.stripe.products.create({ name: 'A' })
  await shop.emulator.control.waitIdle()
  silent.closeAllConnections()
  silent.close()
  expect(await shop.emulator.control.deliveries()).toMatchObject([
    { status: null, succeeded: false, error: 'no answer within 50 ms' },
  ])
})

test.each([
  [{ badSignature: true }, /No signatures found matching/],
  [{ signatureAgeSeconds: 301 }, /outside the tolerance/],
])('the SDK refuses a webhook with %j', async (webhooks, refusal) => {
  await shop.emulator.control.settings({ webhooks })
  await shop.addEndpoint()
  await shop.stripe.products.create({ name: 'A' })
  await shop.emulator.control.waitIdle()
  expect(shop.received[0]?.refusal).toMatch(refusal)
})

test('two signatures, as while a secret is rolled, are accepted', async () => {
  await shop.emulator.control.settings({ webhooks: { twoSignatures: true } })
  await shop.addEndpoint()
  await shop.stripe.products.create({ name: 'A' })
  await shop.emulator.control.waitIdle()
  expect(shop.types()).toEqual(['product.created'])
  expect(shop.received[0]?.headers['stripe-signature']).toMatch(/v1=.*v1=/)
})

test('an event can be delivered again by hand', async () => {
  const { control } = shop.emulator
  await shop.addEndpoint()
  await shop.stripe.products.create({ name: 'A' })
  await control.waitIdle()
  const [event] = await control.events()
  expect(await control.redeliver(event?.id ?? '')).toMatchObject([{ succeeded: true, eventId: event?.id }])
  expect(shop.types()).toEqual(['product.created', 'product.created'])
  expect(await control.redeliver(event?.id ?? '', 3)).toHaveLength(3)
  expect(shop.types()).toHaveLength(5)
  await expect(control.redeliver(event?.id ?? '', 0)).rejects.toThrow('copies')
})

test('only the types an endpoint lists are sent to it, and nothing to a disabled one', async () => {
  const endpoint = await shop.addEndpoint({ enabled_events: ['price.created'] })
  await shop.oneTimePrice()
  await shop.emulator.control.waitIdle()
  expect(shop.types()).toEqual(['price.created'])
  await shop.stripe.webhookEndpoints.update(endpoint.id, { disabled: true })
  await shop.oneTimePrice()
  await shop.emulator.control.waitIdle()
  expect(shop.types()).toEqual(['price.created'])
})

describe('an endpoint on an older version', () => {
  async function invoiceAndSubscription(version: '2025-08-27.basil' | '2025-02-24.acacia') {
    const price = await shop.monthlyPrice()
    await shop.addEndpoint({
      api_version: version,
      enabled_events: ['invoice.paid', 'customer.subscription.created', 'charge.succeeded'],
    })
    const session = await shop.checkout({
      mode: 'subscription',
      price: price.id,
      subscription_data: { metadata: { group: 'acme' } },
    })
    await shop.emulator.control.completeCheckout(session.id)
    await shop.emulator.control.waitIdle()
    const done = await shop.stripe.checkout.sessions.retrieve(session.id)
    const [charge, subscription, invoice] = shop.received.map(({ body }) => JSON.parse(body))
    return { done, price, charge, subscription, invoice }
  }

  test('acacia: the invoice knows subscription, payment and charge; periods are the subscription’s', async () => {
    const { done, price, charge, subscription, invoice } = await invoiceAndSubscription('2025-02-24.acacia')
    expect(invoice).toMatchObject({
      api_version: '2025-02-24.acacia',
      data: {
        object: {
          subscription: done.subscription,
          subscription_details: { metadata: { group: 'acme' } },
          paid: true,
          charge: charge.data.object.id,
          lines: { data: [{ type: 'subscription', price: { id: price.id } }] },
        },
      },
    })
    expect(invoice.data.object).not.toHaveProperty('parent')
    expect(subscription.data.object.current_period_end).toBeGreaterThan(subscription.data.object.current_period_start)
    expect(charge.data.object.invoice).toBe(done.invoice)
  })

  test('acacia: a renewal’s previous period is the subscription’s too', async () => {
    const price = await shop.monthlyPrice()
    await shop.addEndpoint({ api_version: '2025-02-24.acacia', enabled_events: ['customer.subscription.updated'] })
    const session = await shop.checkout({ mode: 'subscription', price: price.id })
    const { session: paid } = await shop.emulator.control.completeCheckout(session.id)
    await shop.emulator.control.renew(String(paid.subscription))
    await shop.emulator.control.waitIdle()
    const { object, previous_attributes: previous } = JSON.parse(shop.received[0]?.body ?? '').data
    expect(previous.current_period_end).toBe(object.current_period_start)
    expect(previous).not.toHaveProperty('items')
  })

  test('basil: the newer paths, the older coupon', async () => {
    const { done, subscription, invoice } = await invoiceAndSubscription('2025-08-27.basil')
    expect(invoice.data.object.parent.subscription_details.subscription).toBe(done.subscription)
    expect(subscription.data.object).not.toHaveProperty('current_period_end')
    expect(subscription.data.object.items.data[0].current_period_end).toBeGreaterThan(0)
  })
})

test('another process can control it with address and token alone', async () => {
  const control = createControlClient(shop.emulator.url, shop.emulator.controlToken)
  expect((await control.clock()).frozen).toBe(false)
  await expect(control.settings({ webhooks: JSON.parse('{"duplicate": true}') })).rejects.toThrow(
    'unknown setting: webhooks.duplicate',
  )
  for (const [webhooks, named] of [
    ['{"order": "reverse"}', 'webhooks.order'],
    ['{"copies": 0}', 'webhooks.copies'],
    ['{"rules": [{"match": "*", "copis": 2}]}', 'webhooks.rules'],
  ] as const)
    await expect(control.settings({ webhooks: JSON.parse(webhooks) })).rejects.toThrow(`invalid setting: ${named}`)
  await expect(createControlClient(shop.emulator.url, 'wrong').state()).rejects.toThrow(/token/)
})
