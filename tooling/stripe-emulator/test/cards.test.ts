import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

const approvalCard = '4000002500003155'
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())
beforeEach(() => shop.emulator.control.reset())

const types = async () => (await shop.emulator.control.events()).map(({ type }) => type)

describe('a card that asks for approval', () => {
  test('on the page: a step of its own, and the payment goes on or the session stays open', async () => {
    const session = await shop.checkout({ price: (await shop.oneTimePrice()).id })
    const submit = (fields: Record<string, string>) =>
      fetch(session.url ?? '', { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
    const card = { email: 'ada@example.com', name: 'Ada', card_number: approvalCard, expiry: '12/40', cvc: '123' }

    const step = await (await submit(card)).text()
    expect(step).toContain('Approve the payment')
    expect(step).not.toContain(approvalCard)
    const refused = await submit({ approval: 'refuse' })
    expect(refused.status).toBe(402)
    expect(await refused.text()).toContain('unable to authenticate')
    expect(await types()).not.toContain('charge.failed')

    await submit(card)
    expect(await (await fetch(session.url ?? '')).text()).toContain('Approve the payment') // a reload asks again
    expect((await submit({ approval: 'approve' })).status).toBe(303)
    expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ payment_status: 'paid' })
  })

  test('nobody can approve without having filled in the form', async () => {
    const session = await shop.checkout({ price: (await shop.oneTimePrice()).id })
    const body = new URLSearchParams({ approval: 'approve' })
    expect((await fetch(session.url ?? '', { method: 'POST', body })).status).toBe(400)
  })

  test('a renewal without its holder needs them back, if the account is set so', async () => {
    const { control } = shop.emulator
    const session = await shop.checkout({ mode: 'subscription', price: (await shop.monthlyPrice()).id })
    const { session: done } = await control.completeCheckout(session.id, { card: approvalCard })
    const id = String(done.subscription)
    expect((await control.renew(id))?.status).toBe('paid')
    await control.settings({ subscriptions: { offSessionAuthentication: true } })
    const invoice = await control.renew(id)
    expect(invoice).toMatchObject({ status: 'open', attempt_count: 1 })
    expect((await types()).slice(-4)).toEqual([
      'payment_intent.requires_action',
      'invoice.payment_action_required',
      'invoice.payment_failed',
      'customer.subscription.updated',
    ])
    expect(await shop.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' })
    expect(await control.approveInvoice(invoice?.id ?? '')).toMatchObject({ status: 'paid' })
    expect(await shop.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
    await expect(control.approveInvoice(invoice?.id ?? '')).rejects.toThrow(/nobody/)
  })
})

async function bought(card: string): Promise<string> {
  const session = await shop.checkout({ price: (await shop.oneTimePrice()).id })
  await shop.emulator.control.completeCheckout(session.id, { card })
  return String((await shop.stripe.checkout.sessions.retrieve(session.id)).payment_intent)
}

test('a warning of fraud follows the payment and moves no money', async () => {
  const intent = await bought('4000000000005423')
  const { data } = (await shop.emulator.control.events()).at(-1) ?? {}
  expect(data?.object).toMatchObject({ object: 'radar.early_fraud_warning', payment_intent: intent })
})

test('a slow bank: the refund is pending, counts already, and is told when it went through', async () => {
  await shop.emulator.control.settings({ refunds: { settleMs: null } })
  const refund = await shop.stripe.refunds.create({ payment_intent: await bought('4000000000007726') })
  expect(refund.status).toBe('pending')
  expect((await types()).slice(-2)).toEqual(['refund.created', 'charge.refunded'])
  await shop.emulator.control.completeRefund(refund.id)
  expect((await shop.emulator.control.events()).at(-1)).toMatchObject({
    type: 'refund.updated',
    data: { object: { status: 'succeeded' }, previous_attributes: { status: 'pending' } },
  })
  await expect(shop.stripe.refunds.cancel(refund.id)).rejects.toThrow(/cannot be canceled/)
})

test('a bank that takes a refund and gives it back, in its own time', async () => {
  const { control } = shop.emulator
  await control.clock({ freezeAt: null })
  const refund = await shop.stripe.refunds.create({ payment_intent: await bought('4000000000005126') })
  expect(refund.status).toBe('succeeded')
  await control.clock({ advanceSeconds: 4 })
  expect(await shop.stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'failed' })
  expect((await shop.stripe.charges.list()).data[0]).toMatchObject({ refunded: false, amount_refunded: 0 })
})
