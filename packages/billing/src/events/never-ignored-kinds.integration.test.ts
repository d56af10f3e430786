import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

// The kinds of what must not be ignored: whatever single trace of us an object carries is enough.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const copied = async (type: string) => JSON.parse((await shop.events(type))[0] ?? '')

async function priceOf(lookupKey: string) {
  const [price] = (await shop.deps.stripe.prices.list({ lookup_keys: [lookupKey] })).data
  return { price: price?.id ?? '', product: String(price?.product) }
}

describe('an invoice that was written by hand', () => {
  const nothingOfOurs = { price: 'price_other', product: 'prod_other' }

  async function byHand(sells: { price: string; product: string }) {
    await shop.buy({ lookupKey: 'year' })
    const event = await copied('invoice.paid')
    Object.assign(event.data.object, { id: 'in_hand', billing_reason: 'manual', parent: null, metadata: {}, payments: null })
    const parent = { type: 'invoice_item_details', invoice_item_details: { proration: false } }
    for (const line of event.data.object.lines.data) Object.assign(line, { parent, pricing: { price_details: sells } })
    return shop.process(JSON.stringify(event))
  }

  test.each(['price', 'product'] as const)('with a %s of ours, and nothing else of ours, is parked', async (trace) => {
    const outcome = await byHand({ ...nothingOfOurs, [trace]: (await priceOf('once'))[trace] })
    expect(outcome).toMatchObject({ kind: 'parked', reason: expect.stringContaining('manual') })
  })

  test('with nothing of ours is foreign', async () => {
    expect(await byHand(nothingOfOurs)).toMatchObject({ kind: 'ignored' })
  })

  test('to a subscription of ours about something that is no license asks for nothing', async () => {
    await shop.buy({ lookupKey: 'year' })
    await tell(shop, await handledHistory(shop))
    const event = await copied('invoice.paid')
    Object.assign(event, { id: 'evt_hand' })
    Object.assign(event.data.object, { id: 'in_hand', billing_reason: 'manual' })
    for (const line of event.data.object.lines.data) Object.assign(line.pricing, { price_details: nothingOfOurs })
    expect(await shop.process(JSON.stringify(event))).toMatchObject({ kind: 'ignored' })
  })
})

describe('a renewal whose metadata was cleared', () => {
  async function renewed(slug: string, forget: () => Promise<unknown>) {
    await shop.buy({ lookupKey: slug })
    await tell(shop, await handledHistory(shop))
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    await shop.deps.stripe.subscriptions.update(subscription?.id ?? '', { metadata: '' })
    await forget()
    await shop.emulator.control.clock({ freezeAt: subscription?.items.data[0]?.current_period_end ?? 0 })
    await shop.emulator.control.renew(subscription?.id ?? '')
    await tell(shop, await handledHistory(shop))
    const { licenses, unsettled } = await resultOf(shop)
    expect(unsettled).toEqual([])
    const periods = Map.groupBy(licenses, ({ from }) => from.getTime())
    return [...periods.values()].map((period) => period.map(({ product, seats }) => `${product} ${seats}`).sort())
  }

  test('is ours by what its license was sold on, also where the catalog has forgotten that price and product', async () => {
    const { db } = shop.database
    const forgotten = { stripe_price_id: null, stripe_product_id: null }
    const [first, second] = await renewed('year', async () => {
      await db.deleteFrom('prices').execute()
      await db.updateTable('products').set(forgotten).where('slug', '=', 'year').execute()
    })
    expect([first, second]).toEqual([['year 10'], ['year 10']])
  })

  test('brings the parts that were bought, and not those that the bundle has now', async () => {
    const ofBox = shop.database.db.updateTable('products').where('slug', '=', 'box-year')
    const before = await shop.database.db
      .selectFrom('products')
      .select('bundled_products')
      .where('slug', '=', 'box-year')
      .executeTakeFirstOrThrow()
    const one = JSON.stringify([{ productKey: 'core', quantity: 1 }])
    const [first, second] = await renewed('box-year', () => ofBox.set({ bundled_products: one }).execute())
    await ofBox.set({ bundled_products: JSON.stringify(before.bundled_products) }).execute()
    expect(first).toHaveLength(4)
    expect(second).toEqual(first)
  })
})

test('thin events of every kind of object: what they are about is asked for, and counts', async () => {
  const { stripe } = shop.deps
  const { control } = shop.emulator
  const thin = (type: string, id: string | undefined) =>
    shop.process(
      JSON.stringify({
        ...{ id: `evt_${type}`, object: 'v2.core.event', type: `v1.${type}` },
        ...{ created: new Date().toISOString(), related_object: { id } },
      }),
    )
  const processed = { kind: 'processed' }
  await shop.buy({ lookupKey: 'year' })
  const [invoice] = (await stripe.invoices.list()).data
  expect(await thin('invoice.paid', invoice?.id)).toMatchObject(processed)
  expect((await resultOf(shop)).licenses).toMatchObject([{ product: 'year', disputed: 0, revoked: null }])
  const [charge] = (await stripe.charges.list()).data
  const { id: dispute } = await control.dispute(charge?.id ?? '')
  expect(await thin('charge.dispute.created', dispute)).toMatchObject(processed)
  expect((await resultOf(shop)).licenses).toMatchObject([{ disputed: 1, revoked: null }])
  await control.closeDispute(dispute, 'won')
  expect(await thin('charge.dispute.closed', dispute)).toMatchObject(processed)
  const { id: refund } = await control.refund(charge?.id ?? '')
  expect(await thin('charge.refunded', charge?.id)).toMatchObject(processed)
  expect((await resultOf(shop)).licenses).toMatchObject([{ disputed: 0, revoked: 'refunded' }])
  await control.failRefund(refund)
  expect(await thin('refund.failed', refund)).toMatchObject(processed)
  expect((await resultOf(shop)).licenses).toMatchObject([{ revoked: null }])
  const [subscription] = (await stripe.subscriptions.list()).data
  await stripe.subscriptions.cancel(subscription?.id ?? '')
  expect(await thin('customer.subscription.deleted', subscription?.id)).toMatchObject(processed)
  expect((await resultOf(shop)).licenses).toMatchObject([{ revoked: 'canceled' }])
})

describe('an object of an unknown shape is parked for one trace of us', () => {
  const told = (type: string, object: object) =>
    shop.process(
      JSON.stringify({ id: 'evt_x', object: 'event', type, created: 1_800_000_000, data: { object: { ...theirs, ...object } } }),
    )
  const theirs = { metadata: { order: '17' } }

  test.each([
    ['subscription', 'stripe_subscription_id'],
    ['checkout', 'stripe_checkout_session_id'],
    ['invoice', 'stripe_invoice_id'],
    ['payment', 'stripe_payment_intent_id'],
  ] as const)('the %s of a license', async (_what, column) => {
    await shop.buy({ lookupKey: 'year' })
    await tell(shop, await handledHistory(shop))
    const row = await shop.database.db.selectFrom('licenses').select(column).executeTakeFirstOrThrow()
    expect(await told('invoice.paid', { id: 'in_x', about: row[column] })).toMatchObject({ kind: 'parked' })
  })

  test('a product of ours', async () => {
    const { product } = await priceOf('year')
    expect(await told('invoice.paid', { id: 'in_x', sells: product })).toMatchObject({ kind: 'parked' })
  })

  test('a session whose lines, which only Stripe has, sell a product of ours', async () => {
    const { price } = await priceOf('once')
    const { id } = await shop.deps.stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ price, quantity: 1 }],
      success_url: 'https://other.example',
    })
    expect(await told('checkout.session.completed', { id })).toMatchObject({ kind: 'parked' })
  })
})
