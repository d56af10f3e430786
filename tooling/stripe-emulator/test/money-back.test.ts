import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())
beforeEach(async () => {
  await shop.emulator.control.reset()
})

/** A paid one-time purchase. @returns its payment intent and charge */
async function paid(card = '4242424242424242') {
  const price = await shop.oneTimePrice(1000)
  const session = await shop.checkout({ price: price.id, payment_intent_data: { metadata: { order: '7' } } })
  await shop.emulator.control.completeCheckout(session.id, { card })
  const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(session.id)
  const { latest_charge: charge } = await shop.stripe.paymentIntents.retrieve(String(intent))
  return { intent: String(intent), charge: String(charge) }
}

async function newTypes(since: number): Promise<string[]> {
  return (await shop.emulator.control.events()).slice(since).map(({ type }) => type)
}

describe('refunds', () => {
  test('in parts, then the rest: the charge counts them and is refunded at the end', async () => {
    const { charge, intent } = await paid()
    const since = (await shop.emulator.control.events()).length
    await shop.stripe.refunds.create({ payment_intent: intent, amount: 300 })
    expect(await shop.stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 300, refunded: false })
    await shop.stripe.refunds.create({ charge, reason: 'requested_by_customer' })
    expect(await shop.stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 1000, refunded: true })
    const each = ['refund.created', 'charge.refunded', 'refund.updated']
    expect(await newTypes(since)).toEqual([...each, ...each])
    await expect(shop.stripe.refunds.create({ charge })).rejects.toMatchObject({ code: 'charge_already_refunded' })
    expect((await shop.stripe.refunds.list({ charge })).data).toHaveLength(2)
  })

  test('more than is left: refused', async () => {
    const { charge } = await paid()
    await expect(shop.stripe.refunds.create({ charge, amount: 1001 })).rejects.toMatchObject({ param: 'amount', statusCode: 400 })
  })

  test('one that fails: the amount goes back', async () => {
    const { charge } = await paid()
    const refund = await shop.emulator.control.refund(charge)
    const since = (await shop.emulator.control.events()).length
    await shop.emulator.control.failRefund(refund.id)
    expect(await shop.stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 0, refunded: false })
    expect(await newTypes(since)).toEqual(['refund.failed', 'charge.refund.updated'])
  })
})

describe('disputes', () => {
  test.each(['won', 'lost'] as const)('%s: opened, money withdrawn, closed', async (outcome) => {
    const { charge } = await paid()
    const since = (await shop.emulator.control.events()).length
    const dispute = await shop.emulator.control.dispute(charge)
    expect(await shop.stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: 'needs_response', charge })
    await shop.stripe.disputes.update(dispute.id, { evidence: { product_description: 'a license' } })
    await shop.emulator.control.closeDispute(dispute.id, outcome)
    expect(await shop.stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: outcome })
    const events = ['created', 'funds_withdrawn', 'updated', 'closed', ...(outcome === 'won' ? ['funds_reinstated'] : [])]
    expect(await newTypes(since)).toEqual(events.map((name) => `charge.dispute.${name}`))
    await expect(shop.emulator.control.closeDispute(dispute.id, 'won')).rejects.toThrow('already closed')
  })

  test('an inquiry moves no money', async () => {
    const { charge } = await paid()
    const since = (await shop.emulator.control.events()).length
    const dispute = await shop.emulator.control.dispute(charge, { inquiry: true })
    await shop.emulator.control.closeDispute(dispute.id, 'lost')
    expect(await shop.stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: 'warning_closed' })
    expect(await newTypes(since)).toEqual(['charge.dispute.created', 'charge.dispute.closed'])
  })

  test('a card whose payments are disputed', async () => {
    const { charge } = await paid('4000000000000259')
    expect((await shop.stripe.disputes.list({ charge })).data).toHaveLength(1)
  })
})

describe('a change of plan', () => {
  async function subscription() {
    const price = await shop.monthlyPrice(3000)
    const session = await shop.checkout({ mode: 'subscription', price: price.id })
    await shop.emulator.control.completeCheckout(session.id)
    const id = String((await shop.stripe.checkout.sessions.retrieve(session.id)).subscription)
    const { items } = await shop.stripe.subscriptions.retrieve(id)
    return { id, item: items.data[0]?.id ?? '', price }
  }
  async function halfAMonth() {
    const { now } = await shop.emulator.control.clock()
    await shop.emulator.control.clock({ freezeAt: now + 15 * 24 * 3600 })
  }

  test('invoiced at once: a credit for the old terms and a debit for the new, for the rest of the period', async () => {
    const { id, item } = await subscription()
    await halfAMonth()
    const since = (await shop.emulator.control.events()).length
    const changed = await shop.stripe.subscriptions.update(id, {
      items: [{ id: item, quantity: 3 }],
      proration_behavior: 'always_invoice',
    })
    const invoice = await shop.stripe.invoices.retrieve(String(changed.latest_invoice))
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' })
    const [credit, debit] = invoice.lines.data
    expect(credit?.amount).toBeLessThan(0)
    expect(debit?.amount).toBe(-3 * (credit?.amount ?? 0))
    expect(invoice.total).toBe((debit?.amount ?? 0) + (credit?.amount ?? 0))
    expect(debit).toMatchObject({
      quantity: 3,
      parent: { subscription_item_details: { proration: true, proration_details: { credited_items: null } } },
    })
    expect(credit?.parent?.subscription_item_details?.proration_details?.credited_items).toBeTruthy()
    const types = await newTypes(since)
    expect(types[0]).toBe('customer.subscription.updated')
    expect(types).toContain('invoice.paid')
  })

  test('to less: the invoice owes nothing, is paid, and nobody was charged', async () => {
    const { id, item } = await subscription()
    const product = await shop.stripe.products.create({ name: 'Small' })
    const cheap = await shop.stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
    })
    await halfAMonth()
    const since = (await shop.emulator.control.events()).length
    const changed = await shop.stripe.subscriptions.update(id, {
      items: [{ id: item, price: cheap.id }],
      proration_behavior: 'always_invoice',
    })
    const invoice = await shop.stripe.invoices.retrieve(String(changed.latest_invoice))
    expect(invoice.total).toBeLessThan(0)
    expect(invoice).toMatchObject({ status: 'paid', amount_due: 0, amount_paid: 0 })
    const types = await newTypes(since)
    expect(types).toContain('invoice.paid')
    expect(types).not.toContain('invoice.payment_succeeded')
  })

  test('by default billed with the next invoice, once', async () => {
    const { id, item } = await subscription()
    await halfAMonth()
    await shop.stripe.subscriptions.update(id, { items: [{ id: item, quantity: 2 }] })
    const next = await shop.emulator.control.renew(id)
    expect(next?.lines.data).toHaveLength(3)
    expect((await shop.emulator.control.renew(id))?.lines.data).toHaveLength(1)
  })

  test('to another interval: a new period begins now', async () => {
    const { id, item, price } = await subscription()
    const yearly = await shop.stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 30_000,
      recurring: { interval: 'year' },
    })
    await halfAMonth()
    const changed = await shop.stripe.subscriptions.update(id, { items: [{ id: item, price: yearly.id }] })
    const [own] = changed.items.data
    const { now } = await shop.emulator.control.clock()
    expect(Math.abs((own?.current_period_start ?? 0) - now)).toBeLessThan(5)
    expect((own?.current_period_end ?? 0) - now).toBeGreaterThan(360 * 24 * 3600)
  })

  test('an item or price that is not there: refused', async () => {
    const { id, item } = await subscription()
    const update = (items: { id: string; price?: string }[]) => shop.stripe.subscriptions.update(id, { items })
    await expect(update([{ id: 'si_none' }])).rejects.toMatchObject({ param: 'items[0][id]' })
    await expect(update([{ id: item, price: 'price_none' }])).rejects.toMatchObject({ param: 'items[0][price]' })
  })
})
