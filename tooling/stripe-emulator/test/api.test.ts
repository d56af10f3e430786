import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startEmulator } from '../src/index.ts'
import { clientOf, openShop, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${shop.emulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.emulator.apiKey}`, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  })
}

describe('keys', () => {
  test('no key, an unknown key and a live key are refused, and the key is masked', async () => {
    expect((await fetch(`${shop.emulator.url}/v1/products`)).status).toBe(401)
    const unknown = clientOf(shop.emulator, { key: 'sk_test_0123456789wxyz' }).products.list()
    await expect(unknown).rejects.toMatchObject({ statusCode: 401, message: 'Invalid API Key provided: sk_test_****wxyz' })
    await expect(clientOf(shop.emulator, { key: 'sk_live_0123456789wxyz' }).products.list()).rejects.toThrow(/refuses live keys/)
    await expect(startEmulator({ apiKeys: ['sk_live_x'] })).rejects.toThrow(/test keys only/)
  })

  test('Basic authentication works, as curl -u sends it', async () => {
    const authorization = `Basic ${Buffer.from(`${shop.emulator.apiKey}:`).toString('base64')}`
    expect((await fetch(`${shop.emulator.url}/v1/products`, { headers: { authorization } })).status).toBe(200)
  })

  test('the control API wants its own token', async () => {
    const authorization = `Bearer ${shop.emulator.apiKey}`
    expect((await fetch(`${shop.emulator.url}/_emulator/state`, { headers: { authorization } })).status).toBe(401)
  })
})

describe('parameters', () => {
  test.each([
    ['/v1/products', 'name=a&colour=red', 'parameter_unknown', 'colour', 'Received unknown parameter: colour'],
    [
      '/v1/checkout/sessions',
      'mode=payment&line_items[0][qty]=1',
      'parameter_unknown',
      'line_items[0][qty]',
      'Received unknown parameter: line_items[0][qty]',
    ],
    [
      '/v1/checkout/sessions',
      'mode=payment&payment_method_types[0]=card',
      'parameter_unknown',
      'payment_method_types',
      undefined,
    ],
    ['/v1/products', 'active=true', 'parameter_missing', 'name', 'Missing required param: name.'],
    ['/v1/products', 'name=a&active=yes', undefined, 'active', 'Invalid boolean: yes'],
    ['/v1/products', 'name=', 'parameter_invalid_empty', 'name', undefined],
    [
      '/v1/prices',
      'currency=usd&product=prod_x&unit_amount=9.5',
      'parameter_invalid_integer',
      'unit_amount',
      'Invalid integer: 9.5',
    ],
    ['/v1/prices', 'currency=usd&product=prod_x&unit_amount=9', 'resource_missing', 'product', "No such product: 'prod_x'"],
    ['/v1/checkout/sessions', 'mode=nonsense', undefined, 'mode', 'Invalid mode: must be one of payment, setup, or subscription'],
    ['/v1/checkout/sessions', 'mode=payment&line_items=7&success_url=http://a.test', undefined, 'line_items', 'Invalid array'],
    [
      '/v1/webhook_endpoints',
      'url=http://127.0.0.1/x&enabled_events[0]=no.such',
      undefined,
      'enabled_events[0]',
      expect.stringMatching(/^Invalid enabled_events\[0\]: must be one of /),
    ],
    ['/v1/webhook_endpoints', 'url=https://example.com/x&enabled_events[0]=*', 'url_invalid', 'url', undefined],
  ])('%s with %s is refused', async (path, body, code, param, message) => {
    const response = await post(path, body)
    const { error } = JSON.parse(await response.text())
    expect(response.status).toBe(400)
    expect(error).toMatchObject({ type: 'invalid_request_error', param, ...(message === undefined ? {} : { message }) })
    expect(error.code).toBe(code)
  })

  test.each([
    [{ mode: 'payment' as const, subscription_data: { trial_period_days: 3 } }, /subscription_data/],
    [{ mode: 'payment' as const, customer_email: 'nobody' }, /email/],
    [{ mode: 'payment' as const, allow_promotion_codes: true, discounts: [{ coupon: 'x' }] }, /only specify one/],
    [{ mode: 'payment' as const, expires_at: 1 }, /expires_at/],
    [{ mode: 'subscription' as const }, /recurring price/],
    [{ mode: 'subscription' as const, subscription_data: { trial_end: 5 } }, /48 hours/],
    [{ mode: 'subscription' as const, subscription_data: { trial_end: 4e9, trial_period_days: 3 } }, /only specify one/],
  ])('a session that breaks a rule between parameters is refused: %j', async (params, message) => {
    const price = await shop.oneTimePrice()
    await expect(shop.checkout({ price: price.id, ...params })).rejects.toThrow(message)
  })

  test('a known parameter the emulator does not act on is refused, not ignored', async () => {
    const price = await shop.oneTimePrice()
    await expect(shop.checkout({ price: price.id, after_expiration: { recovery: { enabled: true } } })).rejects.toMatchObject({
      code: 'emulator_unsupported',
    })
  })

  test('unknown ids and addresses are 404', async () => {
    await expect(shop.stripe.customers.retrieve('cus_x')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such customer: 'cus_x'",
    })
    await expect(shop.stripe.rawRequest('GET', '/v1/unicorns')).rejects.toMatchObject({ statusCode: 404 })
  })
})

describe('idempotency', () => {
  test('the same key and parameters replay the first answer; other parameters are refused', async () => {
    const first = await shop.stripe.products.create({ name: 'A', metadata: { a: '1' } }, { idempotencyKey: 'k1' })
    const again = await shop.stripe.products.create({ metadata: { a: '1' }, name: 'A' }, { idempotencyKey: 'k1' })
    expect(again.id).toBe(first.id)
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(again.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId)
    expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId)
    await expect(shop.stripe.products.create({ name: 'B' }, { idempotencyKey: 'k1' })).rejects.toMatchObject({
      statusCode: 400,
      rawType: 'idempotency_error',
    })
    await expect(shop.stripe.customers.create({ name: 'A' }, { idempotencyKey: 'k1' })).rejects.toMatchObject({
      rawType: 'idempotency_error',
    })
    expect((await shop.stripe.products.list()).data).toHaveLength(1)
  })

  test('a key is the account’s: another API key of it gets the same answer', async () => {
    const other = await startEmulator({ apiKeys: ['sk_test_one', 'sk_test_two'], recordFile: '' })
    try {
      const [one, two] = await Promise.all(
        ['sk_test_one', 'sk_test_two'].map((key) =>
          clientOf(other, { key }).products.create({ name: 'A' }, { idempotencyKey: 'k' }),
        ),
      )
      expect(one?.id).toBe(two?.id)
    } finally {
      await other.stop()
    }
  })

  test('a key in use is a conflict, which the SDK waits out', async () => {
    await shop.emulator.control.fault({ route: 'POST /v1/products', delayMs: 400 })
    const slow = shop.stripe.products.create({ name: 'A' }, { idempotencyKey: 'k2' })
    await expect.poll(async () => (await shop.emulator.control.pendingFaults()).length).toBe(0)
    await expect(shop.stripe.products.create({ name: 'A' }, { idempotencyKey: 'k2' })).rejects.toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
    })
    const patient = clientOf(shop.emulator, { retries: 5 }).products.create({ name: 'A' }, { idempotencyKey: 'k2' })
    expect((await patient).id).toBe((await slow).id)
  })

  test('a refusal in execution is remembered, a refused parameter is not', async () => {
    await expect(
      shop.stripe.prices.create({ currency: 'usd', product: 'prod_later', unit_amount: 1 }, { idempotencyKey: 'k3' }),
    ).rejects.toMatchObject({ code: 'resource_missing' })
    await shop.stripe.products.create({ id: 'prod_later', name: 'A' })
    await expect(
      shop.stripe.prices.create({ currency: 'usd', product: 'prod_later', unit_amount: 1 }, { idempotencyKey: 'k3' }),
    ).rejects.toMatchObject({ code: 'resource_missing' })
    expect((await post('/v1/products', 'name=a&x=1', { 'idempotency-key': 'k4' })).status).toBe(400)
    expect((await post('/v1/products', 'name=a', { 'idempotency-key': 'k4' })).status).toBe(200)
  })

  test('an answer cut off after the write is found again by the same key', async () => {
    await shop.emulator.control.fault({ route: 'POST /v1/products', cut: 'after' }) // the SDK tries a closed socket once more
    await expect(shop.stripe.products.create({ name: 'A' }, { idempotencyKey: 'k5' })).resolves.toMatchObject({ name: 'A' })
    expect((await shop.stripe.products.list()).data).toHaveLength(1)
  })
})

describe('faults', () => {
  test.each([500, 503, 429] as const)('status %i is answered without executing, as often as asked', async (status) => {
    await shop.emulator.control.fault({ route: 'POST /v1/products', status, count: 2 })
    for (const _ of [1, 2]) await expect(shop.stripe.products.create({ name: 'A' })).rejects.toMatchObject({ statusCode: status })
    expect(await shop.emulator.control.pendingFaults()).toEqual([])
    await shop.stripe.products.create({ name: 'A' })
    expect((await shop.stripe.products.list()).data).toHaveLength(1)
  })

  test('a 500 that Stripe remembers is replayed to every retry with its key', async () => {
    await shop.emulator.control.fault({ route: 'POST /v1/products', status: 500, remember: true })
    const create = (key: string) => shop.stripe.products.create({ name: 'A' }, { idempotencyKey: key })
    for (const _ of [1, 2]) await expect(create('k6')).rejects.toMatchObject({ statusCode: 500 })
    await expect(create('k7')).resolves.toMatchObject({ name: 'A' })
  })

  test.each([
    '{"rout": "*", "status": 500}',
    '{"route": "*"}',
    '{"route": "*", "status": 418}',
    '{"route": "*", "status": 500, "cut": "after"}',
    '{"route": "*", "status": 429, "remember": true}',
    '{"route": "*", "status": 500, "count": 0}',
  ])('a fault that could not fire as meant is refused: %s', async (fault) => {
    await expect(shop.emulator.control.fault(JSON.parse(fault))).rejects.toThrow(/fault/)
  })
})

describe('lists', () => {
  test('auto-pagination walks every object once, newest first, in both directions', async () => {
    for (let index = 0; index < 25; index += 1) await shop.stripe.customers.create({ name: `c${index}` })
    const names: Array<string | null | undefined> = []
    for await (const customer of shop.stripe.customers.list({ limit: 10 })) names.push(customer.name)
    expect(names).toEqual(Array.from({ length: 25 }, (_, index) => `c${24 - index}`))
    const [first] = (await shop.stripe.customers.list({ limit: 1 })).data
    const middle = await shop.stripe.customers.list({ limit: 3, starting_after: first?.id ?? '' })
    expect(middle).toMatchObject({ has_more: true, url: '/v1/customers' })
    const back = await shop.stripe.customers.list({ limit: 2, ending_before: middle.data[2]?.id ?? '' })
    expect(back.data.map(({ name }) => name)).toEqual(['c23', 'c22'])
    await expect(shop.stripe.customers.list({ limit: 101 })).rejects.toThrow(/less than or equal to 100/)
    await expect(shop.stripe.customers.list({ starting_after: 'cus_x' })).rejects.toMatchObject({ code: 'resource_missing' })
  })

  test('events are filtered by type, pattern and delivery', async () => {
    await shop.oneTimePrice()
    expect((await shop.stripe.events.list({ type: 'price.*' })).data.map(({ type }) => type)).toEqual(['price.created'])
    expect((await shop.stripe.events.list({ types: ['price.created', 'product.created'] })).data).toHaveLength(2)
    await shop.addEndpoint()
    shop.answerWith(500)
    await shop.emulator.control.settings({ webhooks: { retryDelaysMs: [] } })
    await shop.stripe.products.create({ name: 'missed' })
    await shop.emulator.control.waitIdle()
    const missed = await shop.stripe.events.list({ delivery_success: false })
    expect(missed.data).toMatchObject([
      { type: 'product.created', pending_webhooks: 1, request: { id: expect.stringMatching(/^req_/) } },
    ])
  })
})

describe('objects', () => {
  test('a lookup key belongs to one price and moves only when asked', async () => {
    const product = await shop.stripe.products.create({ name: 'A' })
    const price = { product: product.id, currency: 'usd', unit_amount: 1, lookup_key: 'basic' }
    const old = await shop.stripe.prices.create(price)
    await expect(shop.stripe.prices.create(price)).rejects.toMatchObject({ statusCode: 400, param: 'lookup_key' })
    const next = await shop.stripe.prices.create({ ...price, transfer_lookup_key: true })
    expect((await shop.stripe.prices.list({ lookup_keys: ['basic'] })).data.map(({ id }) => id)).toEqual([next.id])
    expect((await shop.stripe.prices.retrieve(old.id)).lookup_key).toBeNull()
  })

  test('metadata merges, a blank value removes one key, a blank metadata all', async () => {
    const { id } = await shop.stripe.customers.create({ metadata: { a: '1', b: '2' } })
    expect((await shop.stripe.customers.update(id, { metadata: { b: '', c: 3 } })).metadata).toEqual({ a: '1', c: '3' })
    expect((await shop.stripe.customers.update(id, { metadata: '' })).metadata).toEqual({})
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']))
    await expect(shop.stripe.customers.update(id, { metadata: many })).rejects.toThrow(/50 metadata keys/)
    await expect(shop.stripe.customers.update(id, { metadata: { a: 'v'.repeat(501) } })).rejects.toThrow(/500 characters/)
  })

  test('expand fills in objects and fields sent only on request; anything else is refused', async () => {
    const product = await shop.stripe.products.create({ name: 'Tiered' })
    const price = await shop.stripe.prices.create({
      product: product.id,
      currency: 'usd',
      recurring: { interval: 'year' },
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 10, unit_amount: 100 },
        { up_to: 'inf', unit_amount: 80 },
      ],
    })
    expect(price).not.toHaveProperty('tiers')
    const full = await shop.stripe.prices.retrieve(price.id, { expand: ['tiers', 'product'] })
    expect(full).toMatchObject({
      tiers: [
        { up_to: 10, unit_amount: 100 },
        { up_to: null, unit_amount: 80 },
      ],
      product: { name: 'Tiered' },
    })
    const session = await shop.checkout({ mode: 'subscription', price: price.id, quantity: 12, expand: ['line_items'] })
    expect(session).toMatchObject({
      amount_total: 10 * 100 + 2 * 80,
      line_items: { data: [{ quantity: 12, price: { id: price.id } }] },
    })
    const coupon = await shop.stripe.coupons.create({ percent_off: 10 })
    const discounted = { mode: 'subscription' as const, price: price.id, discounts: [{ coupon: coupon.id }] }
    const { total_details: details, id } = await shop.checkout({ ...discounted, expand: ['total_details.breakdown'] })
    expect(details?.breakdown).toMatchObject({
      discounts: [{ amount: 10, discount: { source: { coupon: coupon.id } } }],
      taxes: [],
    })
    await shop.emulator.control.completeCheckout(id)
    const paid = await shop.stripe.checkout.sessions.retrieve(id, { expand: ['total_details.breakdown', 'subscription'] })
    expect(paid.subscription).toMatchObject({ discounts: [paid.total_details?.breakdown?.discounts[0]?.discount.id] })
    await expect(shop.stripe.prices.retrieve(price.id, { expand: ['colour'] })).rejects.toThrow(
      'This property cannot be expanded (colour).',
    )
  })

  test('a code for first purchases is refused to a customer who has paid before', async () => {
    const price = await shop.oneTimePrice()
    const coupon = await shop.stripe.coupons.create({ percent_off: 10 })
    const code = await shop.stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      restrictions: { first_time_transaction: true },
    })
    const customer = await shop.stripe.customers.create({ email: 'a@example.com' })
    const params = { price: price.id, customer: customer.id, discounts: [{ promotion_code: code.id }] }
    const late = await shop.checkout(params)
    await shop.emulator.control.completeCheckout((await shop.checkout(params)).id)
    await expect(shop.checkout(params)).rejects.toThrow(/first/)
    expect((await shop.emulator.control.completeCheckout(late.id)).outcome).toBe('invalid')
  })

  test('a promotion code is unique among active ones, whatever its case', async () => {
    const coupon = await shop.stripe.coupons.create({ percent_off: 10 })
    const promotion = { type: 'coupon' as const, coupon: coupon.id }
    await shop.stripe.promotionCodes.create({ promotion, code: 'Spring' })
    await expect(shop.stripe.promotionCodes.create({ promotion, code: 'SPRING' })).rejects.toThrow(/already exists/)
    const found = await shop.stripe.promotionCodes.list({ code: 'spring', expand: ['data.promotion.coupon'] })
    expect(found.data).toMatchObject([{ code: 'Spring', promotion: { coupon: { percent_off: 10 } } }])
  })

  test('inline prices are sold but listed nowhere', async () => {
    const session = await shop.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'http://shop.test',
      line_items: [{ quantity: 2, price_data: { currency: 'eur', unit_amount: 250, product_data: { name: 'Seat' } } }],
    })
    expect(session).toMatchObject({ amount_total: 500, currency: 'eur' })
    expect((await shop.stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([
      { description: 'Seat', amount_total: 500 },
    ])
    expect((await shop.stripe.prices.list()).data).toEqual([])
  })

  test('the endpoint secret is shown once, and its version stays', async () => {
    const created = await shop.addEndpoint({ api_version: '2025-08-27.basil' })
    expect(created.secret).toMatch(/^whsec_/)
    const read = await shop.stripe.webhookEndpoints.retrieve(created.id)
    expect(read).not.toHaveProperty('secret')
    expect(read.api_version).toBe('2025-08-27.basil')
    const body = await (await post(`/v1/webhook_endpoints/${created.id}`, 'api_version=2026-10-28.endive')).text()
    expect(JSON.parse(body).error.code).toBe('parameter_unknown')
  })
})
