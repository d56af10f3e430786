import { afterAll, beforeAll, expect, test } from 'vitest'
import * as payments from './payments.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'
import { inTransaction } from './transaction.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const YEARS = 130

function aRenewal(year: number): payments.NewPayment {
  return {
    paymentKey: `invoice:in_${year}`,
    issuanceKey: 'maintenance:L-1',
    paidAt: new Date(Date.UTC(2026 + year, 0, 1)),
    capturedAt: undefined,
    groupName: 'acme',
    customerName: undefined,
    customerEmail: undefined,
    currency: 'usd',
    amountSubtotalMinor: 900,
    amountTaxMinor: 0,
    amountTotalMinor: 900,
    stripeProductId: undefined,
    stripeInvoiceId: `in_${year}`,
    stripePaymentIntentId: undefined,
    stripeCustomerId: undefined,
    stripeCheckoutSessionId: undefined,
    stripeSubscriptionId: undefined,
    billingAddress: undefined,
  }
}

test('all payments of a purchase are read, however many: the end of maintenance is computed from them', async () => {
  await inTransaction(database.db, async (tx) => {
    for (let year = 0; year < YEARS; year += 1) await payments.record(tx, aRenewal(year), new Date())
  })
  const names = Array.from({ length: YEARS }, (_, year) => `invoice:in_${year}`)
  expect((await payments.listByIssuanceKey(database.db, 'maintenance:L-1')).map((one) => one.paymentKey)).toEqual(names)
  expect((await payments.listByIssuanceKeys(database.db, ['maintenance:L-1'])).map((one) => one.paymentKey)).toEqual(names)
})
