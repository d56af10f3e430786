import { expect, test } from 'vitest'
import { csvCell, paymentsCsv, paymentsCsvHeader } from './payments-csv.ts'

test.each([
  ['=cmd|x', "'=cmd|x"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@x', "'@x"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['a=b', 'a=b'],
  ['＝1', "'＝1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠SUM', "'＠SUM"],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['', ''],
  [undefined, ''],
  [-500, '-500'],
])('%j becomes %j', (value, cell) => expect(csvCell(value)).toBe(cell))

test('a payment in the order of the columns, CRLF at the end', () => {
  const row = paymentsCsv([
    {
      paymentKey: 'invoice:in_1',
      issuanceKey: 'subscription:sub_1:1',
      paidAt: new Date('2026-03-01T09:30:00Z'),
      capturedAt: undefined,
      groupName: 'acme',
      customerName: 'Ada King Lovelace',
      customerEmail: 'ada@acme.test',
      currency: 'usd',
      amountSubtotalMinor: 100,
      amountTaxMinor: 19,
      amountTotalMinor: 119,
      stripeProductId: 'prod_1',
      stripeInvoiceId: 'in_1',
      stripePaymentIntentId: undefined,
      stripeCustomerId: 'cus_1',
      stripeCheckoutSessionId: undefined,
      stripeSubscriptionId: undefined,
      billingAddress: { line1: 'Main St 1, rear', country: 'DE' },
      amountRefundedMinor: 19,
      refundedInFull: false,
      disputeStatus: 'won',
      amountNetMinor: 100,
      license: { licenseId: 'L-1', productSlug: 'core', plan: 'pro' },
    },
  ])
  expect(row).toBe(
    '2026-03-01T09:30:00Z,,acme,Ada,King Lovelace,ada@acme.test,usd,100,19,119,prod_1,in_1,,cus_1,"Main St 1, rear",,,,,DE,19,won,100,L-1,core,pro\r\n',
  )
  expect(paymentsCsvHeader.trimEnd().split(',')).toHaveLength(row.replace('"Main St 1, rear"', 'x').split(',').length)
})
