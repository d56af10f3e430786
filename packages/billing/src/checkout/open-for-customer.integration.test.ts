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
