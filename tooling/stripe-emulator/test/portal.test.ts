import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())
beforeEach(() => shop.emulator.control.reset())

const visa = { card_number: '4242 4242 4242 4242', expiry: '12/60', cvc: '123' }

/** A browser on one portal link: keeps the cookie of the first visit. */
async function openPortal(url: string) {
  const first = await fetch(url)
  const setCookie = first.headers.get('set-cookie') ?? ''
  const headers = { cookie: setCookie.split(';')[0] ?? '' }
  return {
    setCookie,
    status: first.status,
    html: await first.text(),
    page: async () => (await fetch(url, { headers })).text(),
    statusNow: async () => (await fetch(url, { headers })).status,
    submit: (fields: Record<string, string>) =>
      fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields), redirect: 'manual' }),
  }
}

async function subscribe(params: Partial<Stripe.Checkout.SessionCreateParams> = {}, amount = 500) {
  const price = await shop.monthlyPrice(amount)
  const session = await shop.checkout({ mode: 'subscription', price: price.id, ...params })
  await shop.emulator.control.completeCheckout(session.id, { email: 'ada@example.com' })
  const done = await shop.stripe.checkout.sessions.retrieve(session.id)
  const id = String(done.subscription)
  return { price, id, customer: String(done.customer), now: () => shop.stripe.subscriptions.retrieve(id) }
}

async function portalOf(customer: string, params: Stripe.BillingPortal.SessionCreateParams = {}) {
  const { url } = await shop.stripe.billingPortal.sessions.create({ customer, return_url: 'http://shop.test/account', ...params })
  return openPortal(url)
}

function configure(features: Stripe.BillingPortal.ConfigurationCreateParams.Features) {
  return shop.stripe.billingPortal.configurations.create({ features })
}

async function lastEvent(type: string) {
  const event = (await shop.emulator.control.events()).findLast((one) => one.type === type)
  if (event === undefined) throw new Error(`no ${type}`)
  return event
}

describe('configurations', () => {
  test('one that allows everything is there from the start, and sessions without another use it', async () => {
    const { configurations, sessions } = shop.stripe.billingPortal
    const [standard, ...others] = (await configurations.list()).data
    expect(others).toEqual([])
    expect(standard).toMatchObject({ is_default: true, active: true, features: { subscription_update: { enabled: true } } })
    const customer = await shop.stripe.customers.create()
    const session = await sessions.create({ customer: customer.id, expand: ['configuration'] })
    expect(session).toMatchObject({ configuration: { id: standard?.id }, flow: null, return_url: null })
    await expect(configurations.update(standard?.id ?? '', { active: false })).rejects.toMatchObject({ param: 'active' })
  })

  test('an update changes what it names, and tells the old values', async () => {
    const made = await configure({ subscription_cancel: { enabled: true, mode: 'immediately' } })
    const { id } = made
    expect(made.features).toMatchObject({ invoice_history: { enabled: false }, payment_method_update: { enabled: false } })
    await shop.stripe.billingPortal.configurations.update(id, { features: { invoice_history: { enabled: true } } })
    expect(await shop.stripe.billingPortal.configurations.retrieve(id)).toMatchObject({
      is_default: false,
      features: { invoice_history: { enabled: true }, subscription_cancel: { enabled: true, mode: 'immediately' } },
    })
    expect((await lastEvent('billing_portal.configuration.updated')).data.previous_attributes).toMatchObject({
      features: { invoice_history: { enabled: false } },
    })
  })

  test.each<[Stripe.BillingPortal.ConfigurationCreateParams.Features, string]>([
    [{ subscription_pause: { enabled: true } }, 'features[subscription_pause][enabled]'],
    [{ customer_update: { enabled: true, allowed_updates: ['tax_id'] } }, 'features[customer_update][allowed_updates]'],
    [
      { subscription_update: { enabled: true, default_allowed_updates: ['promotion_code'], products: [] } },
      'features[subscription_update][default_allowed_updates]',
    ],
    [
      { subscription_update: { enabled: true, default_allowed_updates: ['price'], billing_cycle_anchor: 'now' } },
      'features[subscription_update][billing_cycle_anchor]',
    ],
  ])('what the page does not act on is refused: %j', async (features, param) => {
    await expect(configure(features)).rejects.toMatchObject({ code: 'emulator_unsupported', param })
  })

  test.each<[Stripe.BillingPortal.ConfigurationCreateParams.Features, string]>([
    [{ customer_update: { enabled: true } }, 'features[customer_update][allowed_updates]'],
    [{ subscription_update: { enabled: true, default_allowed_updates: ['price'] } }, 'features[subscription_update][products]'],
    [
      { subscription_cancel: { enabled: true, proration_behavior: 'create_prorations' } },
      'features[subscription_cancel][proration_behavior]',
    ],
  ])('what makes no sense is refused: %j', async (features, param) => {
    await expect(configure(features)).rejects.toMatchObject({ statusCode: 400, param })
  })

  test('an unknown one is missing, an inactive one cannot be used', async () => {
    const customer = (await shop.stripe.customers.create()).id
    const { sessions, configurations } = shop.stripe.billingPortal
    await expect(sessions.create({ customer, configuration: 'bpc_none' })).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'configuration',
    })
    const { id } = await configure({ invoice_history: { enabled: true } })
    await configurations.update(id, { active: false })
    await expect(sessions.create({ customer, configuration: id })).rejects.toMatchObject({
      statusCode: 400,
      param: 'configuration',
    })
  })

  test('the page offers and does only what its configuration allows', async () => {
    const { id, customer, now } = await subscribe()
    const { id: configuration } = await configure({ invoice_history: { enabled: true } })
    const bare = await portalOf(customer, { configuration })
    expect(bare.html).toMatch(/href="\/i\/in_/)
    expect(bare.html).not.toMatch(/<button|Card number/)
    for (const action of ['cancel', 'update', 'card', 'details', 'confirm', 'undo'])
      expect((await bare.submit({ action, subscription: id, ...visa })).status).toBe(400)
    expect(await now()).toMatchObject({ status: 'active', cancel_at: null })
    const full = await portalOf(customer)
    for (const offered of ['Cancel at the end of the period', 'Update the subscription', 'Change the card', 'Invoices', 'Save'])
      expect(full.html).toContain(offered)
    expect(full.html).toContain('href="http://shop.test/account"')
    expect(full.html).not.toMatch(/<script|src=|<link rel="stylesheet"/)
    for (const [, field] of full.html.matchAll(/<(?:input|select) id="([^"]+)"/g))
      expect(full.html).toContain(`<label for="${field}">`)
  })
})

describe('the link', () => {
  test('belongs to the browser that opened it first', async () => {
    const { id, customer, now } = await subscribe()
    const { url } = await shop.stripe.billingPortal.sessions.create({ customer })
    expect((await fetch(url, { method: 'POST', body: new URLSearchParams({ action: 'cancel', subscription: id }) })).status).toBe(
      404,
    )
    const browser = await openPortal(url)
    expect(browser.setCookie).toMatch(/^portal_browser=[^;]+; Path=\/p\/session\/bps_\w+; HttpOnly; SameSite=Lax$/)
    const second = await openPortal(url)
    expect(second).toMatchObject({ status: 404, setCookie: '', html: expect.stringContaining('Link expired') })
    expect((await second.submit({ action: 'cancel', subscription: id })).status).toBe(404)
    expect((await now()).cancel_at).toBeNull()
    expect(await browser.page()).toContain('Cancel at the end of the period')
  })

  test('waits five minutes, also for a customer on a test clock; once open it lasts while it is used', async () => {
    const clock = await shop.stripe.testHelpers.testClocks.create({ frozen_time: Date.parse('2027-01-01') / 1000 })
    const customer = await shop.stripe.customers.create({ test_clock: clock.id })
    await shop.emulator.control.clock({ freezeAt: null })
    const late = await shop.stripe.billingPortal.sessions.create({ customer: customer.id })
    const open = await portalOf(customer.id)
    await shop.emulator.control.clock({ advanceSeconds: 301 })
    expect((await fetch(late.url)).status).toBe(404)
    expect(await open.statusNow()).toBe(200)
    await shop.emulator.control.clock({ advanceSeconds: 3601 })
    expect(await open.statusNow()).toBe(404)
  })
})

describe('canceling', () => {
  test('in flexible mode sets a date and not the mark; undone, both are clear', async () => {
    const { id, customer, now } = await subscribe()
    const portal = await portalOf(customer)
    const typed = { action: 'cancel', subscription: id, feedback: 'too_expensive', comment: 'Sorry' }
    expect((await portal.submit(typed)).status).toBe(303)
    const ending = await now()
    expect(ending).toMatchObject({
      cancel_at: ending.items.data[0]?.current_period_end,
      cancel_at_period_end: false,
      status: 'active',
      cancellation_details: { feedback: 'too_expensive', comment: 'Sorry', reason: 'cancellation_requested' },
    })
    expect((await lastEvent('customer.subscription.updated')).data).toMatchObject({
      object: { id },
      previous_attributes: { cancel_at: null, canceled_at: null },
    })
    expect(await portal.page()).toContain('Keep the subscription')
    expect((await portal.submit({ action: 'cancel', subscription: id })).status).toBe(400)
    expect((await portal.submit({ action: 'undo', subscription: id })).status).toBe(303)
    expect(await now()).toMatchObject({ cancel_at: null, cancel_at_period_end: false, canceled_at: null })
    expect((await lastEvent('customer.subscription.updated')).data.previous_attributes).toMatchObject({
      cancel_at: ending.cancel_at,
    })
  })

  test('in classic mode sets both', async () => {
    const { id, customer, now } = await subscribe({ subscription_data: { billing_mode: { type: 'classic' } } })
    await (await portalOf(customer)).submit({ action: 'cancel', subscription: id })
    expect(await now()).toMatchObject({ cancel_at: expect.any(Number), cancel_at_period_end: true })
  })

  test('immediately ends it, dated by the customer’s test clock', async () => {
    const frozen = Date.parse('2027-01-01') / 1000
    const clock = await shop.stripe.testHelpers.testClocks.create({ frozen_time: frozen })
    const made = await shop.stripe.customers.create({ email: 'ada@example.com', test_clock: clock.id })
    const { id, customer, now } = await subscribe({ customer: made.id })
    const { id: configuration } = await configure({ subscription_cancel: { enabled: true, mode: 'immediately' } })
    await (await portalOf(customer, { configuration })).submit({ action: 'cancel', subscription: id })
    expect(await now()).toMatchObject({ status: 'canceled', ended_at: frozen })
    expect(await lastEvent('customer.subscription.deleted')).toMatchObject({ created: frozen })
  })

  test('a foreign subscription is out of reach', async () => {
    const [mine, other] = [await subscribe(), await subscribe()]
    const portal = await portalOf(mine.customer)
    expect((await portal.submit({ action: 'cancel', subscription: other.id })).status).toBe(400)
    expect((await other.now()).cancel_at).toBeNull()
  })
})

describe('the card', () => {
  test('a new one pays the next renewal', async () => {
    const { id, customer } = await subscribe()
    await shop.emulator.control.setCard(customer, '4000000000000341')
    const portal = await portalOf(customer)
    expect((await portal.submit({ action: 'card', ...visa, card_number: '5555555555554444' })).status).toBe(303)
    expect(await portal.page()).toContain('mastercard ending in 4444, valid until 12/2060')
    await shop.emulator.control.renew(id)
    const [invoice] = (await shop.stripe.invoices.list({ subscription: id })).data
    expect(invoice).toMatchObject({ billing_reason: 'subscription_cycle', status: 'paid' })
    const [charge] = (await shop.stripe.charges.list()).data
    expect(charge).toMatchObject({ paid: true, payment_method_details: { card: { last4: '4444' } } })
    const types = (await shop.emulator.control.events()).map(({ type }) => type)
    expect(types.filter((type) => type === 'payment_method.attached' || type === 'customer.updated').slice(-2)).toEqual([
      'payment_method.attached',
      'customer.updated',
    ])
  })

  test.each([
    [{ card_number: '1234' }, 400, 'Your card number is incorrect.'],
    [{ expiry: '01/20' }, 400, 'expiration date is in the past'],
    [{ cvc: '1' }, 400, 'security code is invalid'],
    [{ card_number: '4000000000009995' }, 402, 'Your card has insufficient funds.'],
  ])('a wrong one is explained, and the old one stays: %j', async (change, status, message) => {
    const { customer } = await subscribe()
    const before = await shop.stripe.customers.retrieve(customer)
    const answer = await (await portalOf(customer)).submit({ action: 'card', ...visa, ...change })
    expect(answer.status).toBe(status)
    const html = await answer.text()
    expect(html).toContain(message)
    expect(html).not.toContain('value="4')
    expect(await shop.stripe.customers.retrieve(customer)).toEqual(before)
  })
})

test('the customer’s details are changed as far as the configuration allows', async () => {
  const { customer } = await subscribe()
  const { id: configuration } = await configure({ customer_update: { enabled: true, allowed_updates: ['name', 'address'] } })
  const portal = await portalOf(customer, { configuration })
  expect(portal.html).not.toContain('name="email"')
  await portal.submit({ action: 'details', name: 'Ada L', city: 'Bern', country: 'CH', email: 'eve@example.com' })
  expect((await lastEvent('customer.updated')).data).toMatchObject({
    object: { name: 'Ada L', email: 'ada@example.com', address: { city: 'Bern', country: 'CH', line1: null } },
  })
})

describe('another plan', () => {
  async function withPlans(allowed: ('price' | 'quantity')[] = ['price', 'quantity']) {
    const bought = await subscribe()
    const dearer = await shop.stripe.prices.create({
      product: String(bought.price.product),
      currency: 'usd',
      unit_amount: 1500,
      recurring: { interval: 'month' },
    })
    const { id: configuration } = await configure({
      subscription_update: {
        enabled: true,
        default_allowed_updates: allowed,
        proration_behavior: 'always_invoice',
        products: [
          {
            product: String(bought.price.product),
            prices: [bought.price.id, dearer.id],
            adjustable_quantity: { enabled: true, minimum: 1, maximum: 5 },
          },
        ],
      },
    })
    return { ...bought, dearer, configuration }
  }

  test('a switch of price and quantity tells the old items and is billed', async () => {
    const { id, customer, price, dearer, configuration, now } = await withPlans()
    const portal = await portalOf(customer, { configuration })
    expect((await portal.submit({ action: 'update', subscription: id, price: dearer.id, quantity: '2' })).status).toBe(303)
    expect((await now()).items.data).toMatchObject([{ price: { id: dearer.id }, quantity: 2 }])
    const { data, request } = await lastEvent('customer.subscription.updated')
    expect(data.previous_attributes).toMatchObject({ items: { data: [{ price: { id: price.id }, quantity: 1 }] } })
    expect(request).toEqual({ id: null, idempotency_key: null })
    const [invoice] = (await shop.stripe.invoices.list({ subscription: id })).data
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', amount_paid: 2500 })
  })

  test('what is not on offer is refused and changes nothing', async () => {
    const { id, customer, dearer, configuration, now } = await withPlans(['quantity'])
    const other = await shop.monthlyPrice(1)
    const portal = await portalOf(customer, { configuration })
    for (const change of [
      { price: dearer.id },
      { price: other.id },
      { quantity: '6' },
      { quantity: '0' },
      { quantity: '1' },
      { quantity: 'x' },
    ])
      expect((await portal.submit({ action: 'update', subscription: id, ...change })).status).toBe(400)
    expect((await now()).items.data).toMatchObject([{ quantity: 1 }])
    expect((await portal.submit({ action: 'update', subscription: id, quantity: '5' })).status).toBe(303)
    expect((await now()).items.data).toMatchObject([{ quantity: 5 }])
  })

  test('a switch during a trial ends it, unless the configuration lets it go on', async () => {
    for (const [behavior, status] of [
      ['end_trial', 'active'],
      ['continue_trial', 'trialing'],
    ] as const) {
      const { id, customer, price, now } = await subscribe({ subscription_data: { trial_period_days: 10 } })
      const { id: configuration } = await configure({
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['quantity'],
          products: [{ product: String(price.product), prices: [price.id] }],
          trial_update_behavior: behavior,
        },
      })
      await (await portalOf(customer, { configuration })).submit({ action: 'update', subscription: id, quantity: '3' })
      expect(await now()).toMatchObject({ status, items: { data: [{ quantity: 3 }] } })
    }
  })

  test('flow subscription_update_confirm: exactly that change, with one button', async () => {
    const { id, customer, dearer, configuration, now } = await withPlans()
    const [item] = (await now()).items.data
    const confirm = (change: { price?: string; quantity?: number }) =>
      shop.stripe.billingPortal.sessions.create({
        customer,
        configuration,
        flow_data: {
          type: 'subscription_update_confirm',
          subscription_update_confirm: { subscription: id, items: [{ id: item?.id ?? '', ...change }] },
        },
      })
    const path = 'flow_data[subscription_update_confirm][items][0]'
    await expect(confirm({})).rejects.toMatchObject({ statusCode: 400, param: path })
    await expect(confirm({ price: 'price_none' })).rejects.toMatchObject({ statusCode: 400, param: `${path}[price]` })
    const session = await confirm({ price: dearer.id })
    expect(session.flow).toMatchObject({
      type: 'subscription_update_confirm',
      after_completion: { type: 'portal_homepage', redirect: null, hosted_confirmation: null },
      subscription_update_confirm: { items: [{ price: dearer.id, quantity: 1 }], discounts: null },
      subscription_cancel: null,
    })
    const portal = await openPortal(session.url)
    expect(portal.html).toContain('New plan: Alpha, $15.00 each month × 1')
    expect((await portal.submit({ action: 'confirm', quantity: '4' })).status).toBe(303)
    expect((await now()).items.data).toMatchObject([{ price: { id: dearer.id }, quantity: 1 }])
    expect(await portal.page()).toContain('Update the subscription')
  })
})

describe('flow_data', () => {
  test('subscription_cancel goes straight there, allows nothing else, and then back to the shop', async () => {
    const { id, customer, now } = await subscribe()
    const portal = await portalOf(customer, {
      flow_data: {
        type: 'subscription_cancel',
        subscription_cancel: { subscription: id },
        after_completion: { type: 'redirect', redirect: { return_url: 'http://shop.test/gone' } },
      },
    })
    expect(portal.html).toContain('Cancel at the end of the period')
    expect(portal.html).not.toMatch(/Invoices|Card number|Update the subscription/)
    expect((await portal.submit({ action: 'card', ...visa })).status).toBe(400)
    const done = await portal.submit({ action: 'cancel' })
    expect({ status: done.status, to: done.headers.get('location') }).toEqual({ status: 303, to: 'http://shop.test/gone' })
    expect((await now()).cancel_at).not.toBeNull()
    expect(await portal.page()).toContain('Done')
    expect(await (await portal.submit({ action: 'undo', subscription: id })).text()).toContain('Done')
    expect((await now()).cancel_at).not.toBeNull()
  })

  test('payment_method_update and subscription_update show their step; a confirmation can be the shop’s words', async () => {
    const { customer, id } = await subscribe()
    const card = await portalOf(customer, {
      flow_data: {
        type: 'payment_method_update',
        after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'Thanks, Ada' } },
      },
    })
    expect(card.html).toContain('Card number')
    expect((await card.submit({ action: 'card', ...visa })).headers.get('location')).toMatch(/^\/p\/session\//)
    expect(await card.page()).toContain('Thanks, Ada')
    const update = await portalOf(customer, {
      flow_data: { type: 'subscription_update', subscription_update: { subscription: id } },
    })
    expect(update.html).toContain('Quantity')
    expect(update.html).not.toMatch(/Card number|Cancel at/)
  })

  test('is refused for a foreign, an unknown or an ending subscription, a feature that is off, and steps not here', async () => {
    const [mine, other] = [await subscribe(), await subscribe()]
    const cancel = (subscription: string, configuration?: string) =>
      portalOf(mine.customer, {
        ...(configuration && { configuration }),
        flow_data: { type: 'subscription_cancel', subscription_cancel: { subscription } },
      })
    const param = 'flow_data[subscription_cancel][subscription]'
    await expect(cancel(other.id)).rejects.toMatchObject({ statusCode: 400, param })
    await expect(cancel('sub_none')).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param })
    const { id } = await configure({ invoice_history: { enabled: true } })
    await expect(cancel(mine.id, id)).rejects.toMatchObject({ statusCode: 400, param: 'flow_data[type]' })
    await shop.stripe.subscriptions.update(mine.id, { cancel_at_period_end: true })
    await expect(cancel(mine.id)).rejects.toMatchObject({ statusCode: 400, param })
    await expect(portalOf(mine.customer, { flow_data: { type: 'customer_update' } })).rejects.toMatchObject({
      code: 'emulator_unsupported',
    })
    await expect(portalOf(mine.customer, { flow_data: { type: 'subscription_cancel' } })).rejects.toMatchObject({
      code: 'parameter_missing',
    })
  })
})
