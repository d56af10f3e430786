import { afterEach, beforeEach, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

const page = () => `${shop.emulator.url}/_emulator/page`
const submit = (fields: Record<string, string>, cookie = '') =>
  fetch(page(), { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', headers: { cookie } })
async function enter(): Promise<string> {
  const entered = await submit({ action: 'enter', token: shop.emulator.controlToken })
  expect(entered.status).toBe(303)
  return entered.headers.get('set-cookie')?.split(';')[0] ?? ''
}
async function bought() {
  const price = await shop.monthlyPrice(1250)
  const session = await shop.checkout({ mode: 'subscription', price: price.id })
  await shop.emulator.control.completeCheckout(session.id)
  return String((await shop.stripe.checkout.sessions.retrieve(session.id)).subscription)
}

test('nobody sees or changes anything without the control token', async () => {
  const id = await bought()
  expect(await (await fetch(page())).text()).not.toContain(id)
  expect((await submit({ action: 'enter', token: 'guess' })).status).toBe(401)
  expect((await submit({ action: 'renew', id })).status).toBe(401)
  expect((await shop.stripe.invoices.list()).data).toHaveLength(1)
})

test('it shows what there is, without a script, and lets a person advance time', async () => {
  const id = await bought()
  const cookie = await enter()
  const html = await (await fetch(page(), { headers: { cookie } })).text()
  for (const shown of [id, '$12.50', 'checkout.session.completed', 'Advance time']) expect(html).toContain(shown)
  expect(html).not.toMatch(/<script|src=/)
  expect((await submit({ action: 'advance', days: '70' }, cookie)).status).toBe(303)
  expect((await shop.stripe.invoices.list({ subscription: id })).data).toHaveLength(3)
  const refused = await submit({ action: 'advance', days: 'many' }, cookie)
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('days: a number')])
})

test('a payment is disputed and lost, another refunded, a card replaced', async () => {
  const id = await bought()
  const cookie = await enter()
  const [charge] = (await shop.stripe.charges.list()).data
  await submit({ action: 'dispute', id: charge?.id ?? '' }, cookie)
  const [dispute] = (await shop.stripe.disputes.list()).data
  await submit({ action: 'lost', id: dispute?.id ?? '' }, cookie)
  expect(await shop.stripe.disputes.retrieve(dispute?.id ?? '')).toMatchObject({ status: 'lost' })
  await submit({ action: 'bad_card', id }, cookie)
  await submit({ action: 'renew', id }, cookie)
  expect(await shop.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' })
  await submit({ action: 'refund', id: charge?.id ?? '' }, cookie)
  expect(await shop.stripe.charges.retrieve(charge?.id ?? '')).toMatchObject({ refunded: true })
})

test('a test clock is advanced by its button', async () => {
  const clock = await shop.stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 })
  await submit({ action: 'advance_clock', id: clock.id, days: '2' }, await enter())
  expect((await shop.stripe.testHelpers.testClocks.retrieve(clock.id)).frozen_time).toBe(1_800_000_000 + 2 * 86_400)
})
