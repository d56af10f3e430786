import { licenses, refusedCustomers } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { silentLog } from '@licenseoperator/domain'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openForCustomer } from './open-for-customer.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** As Stripe words it; the SDK makes its errors of such answers. */
function refusal(message: string, param?: string) {
  const raw = { message, type: 'invalid_request_error' as const, statusCode: 400, ...(param === undefined ? {} : { param }) }
  return new Stripe.errors.StripeInvalidRequestError({ ...raw, headers: {}, requestId: 'req_1' })
}

function opening(error: unknown) {
  const asked: (string | undefined)[] = []
  const open = async (customerId: string | undefined) => {
    asked.push(customerId)
    if (customerId !== undefined) throw error
    return 'opened'
  }
  return { asked, open }
}
const deps = () => ({ db: database.db, log: silentLog, now: () => new Date() })

test.each([
  ['deleted', refusal("No such customer: 'cus_1'", 'customer')],
  [
    'of the other mode',
    refusal(
      "No such customer: 'cus_1'; a similar object exists in test mode, but a live mode key was used to make this request.",
      'customer',
    ),
  ],
])('%s: once without the customer, who is refused in every currency from then on', async (name, error) => {
  const customerId = `cus_${name.replaceAll(' ', '')}`
  const { asked, open } = opening(error)
  expect(await openForCustomer(deps(), { customerId, currency: 'usd' }, open)).toBe('opened')
  expect(asked).toEqual([customerId, undefined])
  expect(await refusedCustomers.isRefused(database.db, customerId, 'eur')).toBe(true)
})

test('bound to another currency: once without, and only that currency is remembered', async () => {
  const error = refusal(
    'You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency usd',
  )
  const { asked, open } = opening(error)
  expect(await openForCustomer(deps(), { customerId: 'cus_usd', currency: 'eur' }, open)).toBe('opened')
  expect(asked).toEqual(['cus_usd', undefined])
  expect(await refusedCustomers.isRefused(database.db, 'cus_usd', 'eur')).toBe(true)
  expect(await refusedCustomers.isRefused(database.db, 'cus_usd', 'usd')).toBe(false)
  expect(await licenses.findCustomerOfGroup(database.db, 'nobody', 'eur')).toBeUndefined()
})

test('any other refusal stays what it is', async () => {
  const error = refusal('Invalid currency: xyz', 'line_items[0][price_data][currency]')
  const { asked, open } = opening(error)
  await expect(openForCustomer(deps(), { customerId: 'cus_2', currency: 'usd' }, open)).rejects.toBe(error)
  expect(asked).toEqual(['cus_2'])
})

test('one whom Stripe did not know is asked about again a day later, one bound to a currency is not', async () => {
  const unknown = opening(refusal("No such customer: 'cus_live'", 'customer'))
  await openForCustomer(deps(), { customerId: 'cus_live', currency: 'usd' }, unknown.open)
  const bound = opening(refusal('You cannot combine currencies on a single customer. This customer has usd'))
  await openForCustomer(deps(), { customerId: 'cus_bound', currency: 'eur' }, bound.open)
  const isRefused = (customerId: string, hours: number) =>
    refusedCustomers.isRefused(database.db, customerId, 'eur', new Date(Date.now() + hours * 3_600_000))
  expect([await isRefused('cus_live', 23), await isRefused('cus_live', 25)]).toEqual([true, false])
  expect(await isRefused('cus_bound', 25)).toBe(true)
})
