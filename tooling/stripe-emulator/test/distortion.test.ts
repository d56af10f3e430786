import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clientOf, openShop, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

describe('webhooks', () => {
  async function rename(...names: string[]): Promise<void> {
    const { id } = await shop.stripe.products.create({ name: 'first' })
    for (const name of names) await shop.stripe.products.update(id, { name })
    await shop.emulator.control.waitIdle()
  }

  const namesReceived = () =>
    shop.received.map(({ event }) => (event?.data.object.object === 'product' ? event.data.object.name : undefined))

  test('an old snapshot can come after newer ones', async () => {
    await shop.emulator.control.settings({ webhooks: { rules: [{ match: 'product.updated', times: 1, stale: true }] } })
    await shop.addEndpoint()
    await rename('second', 'third')
    expect(namesReceived()).toEqual(['first', 'third', 'second'])
  })

  test('what nothing newer follows is held, and can be released', async () => {
    await shop.emulator.control.settings({ webhooks: { rules: [{ match: 'product.updated', stale: true }] } })
    await shop.addEndpoint()
    await rename('second')
    expect(namesReceived()).toEqual(['first'])
    expect(await shop.emulator.control.release()).toBe(1)
    await shop.emulator.control.waitIdle()
    expect(namesReceived()).toEqual(['first', 'second'])
  })

  test('one change can be told as two events, both of which Stripe lists', async () => {
    await shop.emulator.control.settings({ webhooks: { twoIds: true } })
    await shop.addEndpoint()
    await rename()
    const ids = shop.received.map(({ event }) => event?.id)
    expect(new Set(ids).size).toBe(2)
    expect((await shop.stripe.events.list()).data.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  })

  test('a body that was cut on its way does not fit its signature', async () => {
    await shop.emulator.control.settings({ webhooks: { payload: 'truncated', retryDelaysMs: [] } })
    await shop.addEndpoint()
    await rename()
    expect(shop.received[0]?.refusal).toMatch(/No signatures found matching/)
  })

  test('a type and a version that nobody knows are signed as they are', async () => {
    await shop.addEndpoint()
    await shop.emulator.control.settings({ webhooks: { payload: 'unknown_type' } })
    await rename()
    await shop.emulator.control.settings({ webhooks: { payload: 'wrong_version', padBytes: 100_000 } })
    await rename()
    expect(shop.types()).toEqual(['emulator.type_of_tomorrow', 'product.created'])
    expect(shop.received[1]?.event?.api_version).toBe('2011-06-21')
    expect(shop.received[1]?.body.length).toBeGreaterThan(100_000)
  })
})

describe('requests', () => {
  const names = async () => (await shop.stripe.products.list()).data.map(({ name }) => name)

  test('an answer that is no JSON hides a change that was made', async () => {
    await shop.emulator.control.fault({ route: 'POST /v1/products', garbled: true })
    await expect(shop.stripe.products.create({ name: 'A' }, { idempotencyKey: 'one' })).rejects.toThrow(/Invalid JSON/)
    await shop.stripe.products.create({ name: 'A' }, { idempotencyKey: 'one' })
    expect(await names()).toEqual(['A'])
  })

  test('an answer can be so slow that the client gives up', async () => {
    await shop.emulator.control.fault({ route: 'POST /v1/products', slowBodyMs: 300, count: 2 })
    await expect(shop.stripe.products.create({ name: 'A' }, { timeout: 100 })).rejects.toThrow()
    expect(await names()).toContain('A')
    await shop.emulator.control.clearFaults()
  })

  test('two writes that met on one object are tried again by the SDK, because Stripe says so', async () => {
    await shop.emulator.control.fault({ route: 'POST /v1/products', status: 429, lockTimeout: true })
    await expect(shop.stripe.products.create({ name: 'A' })).rejects.toMatchObject({ code: 'lock_timeout', statusCode: 429 })
    await shop.emulator.control.fault({ route: 'POST /v1/products', status: 429, lockTimeout: true })
    await clientOf(shop.emulator, { retries: 1 }).products.create({ name: 'B' })
    expect(await names()).toEqual(['B'])
  })

  test('more requests than a second allows are refused, named, and not tried again', async () => {
    await shop.emulator.control.settings({ rateLimit: { perRoutePerSecond: 5 } })
    const stripe = clientOf(shop.emulator, { retries: 2 })
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => stripe.products.list()))
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    // How many fill the bucket again meanwhile is a matter of speed; that most do not is not.
    expect(refused.length).toBeGreaterThan(5)
    expect(refused.length).toBeLessThanOrEqual(15)
    for (const error of refused) {
      expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError)
      expect(error.headers['stripe-rate-limited-reason']).toBe('endpoint-rate')
    }
    await shop.stripe.prices.list() // another route has a bucket of its own
    await shop.emulator.control.settings({ rateLimit: { perSecond: 1, perRoutePerSecond: null } })
    const burst = await Promise.allSettled([stripe.prices.list(), stripe.coupons.list(), stripe.customers.list()])
    expect(burst.map(({ status }) => status)).toContain('rejected')
  })

  test('a fault can hit by chance', async () => {
    await shop.emulator.control.fault({ route: 'GET /v1/products', status: 500, count: 1000, probability: 0.5 })
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => shop.stripe.products.list()))
    // Both outcomes: each has a chance of 2^-60 not to come up.
    expect(new Set(answers.map(({ status }) => status)).size).toBe(2)
  })
})
