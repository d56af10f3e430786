import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handledHistory, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

/** The payment intents that Stripe has and those that are on record, of paid invoices. */
const intents = async () => {
  const { data } = await shop.deps.stripe.invoicePayments.list({ status: 'paid', limit: 100 })
  const rows = await shop.database.db
    .selectFrom('payments')
    .select(['stripe_invoice_id as invoice', 'stripe_payment_intent_id as intent'])
    .where('stripe_subscription_id', 'is not', null)
    .execute()
  const inOrder = (pairs: readonly { invoice: unknown; intent: unknown }[]) =>
    pairs.map(({ invoice, intent }) => `${invoice} ${intent}`).sort()
  return {
    atStripe: inOrder(data.map(({ invoice, payment }) => ({ invoice, intent: payment.payment_intent }))),
    recorded: inOrder(rows),
  }
}

const renew = async () => {
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  await shop.emulator.control.clock({ freezeAt: subscription?.items.data[0]?.current_period_end ?? 0 })
  await shop.emulator.control.renew(subscription?.id ?? '')
}

test.each(['year', 'auto', 'box-year'])('%s: the payment of every period names its payment intent', async (lookupKey) => {
  await shop.buy({ lookupKey })
  await renew()
  await renew()
  await tell(shop, await handledHistory(shop))
  const { atStripe, recorded } = await intents()
  expect(recorded).toHaveLength(3)
  expect(recorded).toEqual(atStripe)
})

test('a subscription that was made at Stripe, without a checkout of ours', async () => {
  const { stripe } = shop.deps
  const customer = await stripe.customers.create({ email: 'ada@acme.example' })
  await shop.emulator.control.setCard(customer.id, '4242424242424242')
  const { data } = await stripe.prices.list({ limit: 100 })
  const price = data.find(({ lookup_key }) => lookup_key === 'year')?.id ?? ''
  const metadata = { group_name: 'acme', product_slug: 'year' }
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price }], metadata })
  await tell(shop, await handledHistory(shop))
  const { atStripe, recorded } = await intents()
  expect(recorded).toHaveLength(1)
  expect(recorded).toEqual(atStripe)
})

test('while Stripe cannot say it the license is issued all the same, and the next event of the invoice asks again', async () => {
  await shop.buy({ lookupKey: 'year' })
  await tell(shop, await handledHistory(shop))
  await renew()
  const [paid] = (await shop.events('invoice.paid')).slice(-1)
  await shop.emulator.control.fault({ route: 'GET /v1/invoice_payments', status: 500 })
  expect(await shop.process(paid ?? '')).toMatchObject({ kind: 'processed' })
  expect(await shop.count()).toMatchObject({ licenses: 2, payments: 2 })
  await shop.emulator.control.clearFaults()
  await tell(shop, await handledHistory(shop))
  const { atStripe, recorded } = await intents()
  expect(recorded).toEqual(atStripe)
})
