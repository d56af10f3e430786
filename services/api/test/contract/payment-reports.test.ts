import { get } from 'node:http'
import { inTransaction, payments } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { serveGracefully } from '@licenseoperator/http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failAfter, gone } from '../a-failing-db.ts'
import { insertPayment } from '../a-payment.ts'
import { type AnApi, aMember, anApi, aSysadmin } from '../an-api.ts'

const LIST = '/authlance/license/payments/api/v1/reports/payments'
const EXPORT = `${LIST}/export`
let api: AnApi
let root: string

beforeAll(async () => {
  api = await anApi({ now: () => new Date('2026-04-05T00:00:00Z') })
  root = await aSysadmin()
})
afterAll(() => api.close())
beforeEach(() => api.db.deleteFrom('payments').execute())

const on = (day: string) => new Date(`${day}T12:00:00Z`)
async function listed(query = '') {
  const answer = await api.get(`${LIST}${query}`, root)
  return { status: answer.status, ...(await answer.json()) }
}

describe('GET reports/payments', () => {
  test('a payment with everything that is known, and one with nothing more than the money', async () => {
    const full = await insertPayment(api.db, {
      paidAt: on('2026-03-02'),
      billingAddress: { line1: 'Main St 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    })
    const bare = {
      capturedAt: undefined,
      groupName: undefined,
      customerName: undefined,
      customerEmail: undefined,
      stripeProductId: undefined,
      stripeInvoiceId: undefined,
      stripePaymentIntentId: undefined,
      stripeCustomerId: undefined,
    }
    await insertPayment(api.db, { paidAt: on('2026-03-01'), amountTotalMinor: 5, ...bare })
    expect(await listed()).toEqual({
      status: 200,
      items: [
        {
          paidAt: '2026-03-02T12:00:00Z',
          capturedAt: '2026-03-01T09:30:00Z',
          organizationName: 'acme',
          customerFirstName: 'Ada',
          customerLastName: 'King Lovelace',
          customerEmail: 'ada@acme.test',
          currency: 'usd',
          amountSubtotal: 19_900,
          amountTax: 0,
          amountTotal: 19_900,
          productId: 'prod_core',
          invoiceId: full.stripeInvoiceId,
          paymentIntentId: full.stripePaymentIntentId,
          stripeCustomerId: 'cus_acme',
          billingAddress: { line1: 'Main St 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
        },
        { paidAt: '2026-03-01T12:00:00Z', currency: 'usd', amountSubtotal: 19_900, amountTax: 0, amountTotal: 5 },
      ],
      page: 1,
      pageSize: 50,
      total: 2,
    })
  })

  test('what went back of a payment, and how its dispute stands', async () => {
    const { paymentKey } = await insertPayment(api.db)
    const reversed = { amountRefundedMinor: 5000, refundedInFull: false, disputeStatus: 'won' as const }
    await inTransaction(api.db, (tx) => payments.setReversed(tx, paymentKey, reversed))
    expect((await listed()).items).toMatchObject([{ amountTotal: 19_900, amountRefunded: 5000, disputeStatus: 'won' }])
  })

  describe('filters', () => {
    beforeEach(async () => {
      await insertPayment(api.db, {
        paymentKey: 'a',
        paidAt: new Date('2026-03-01T00:00:00Z'),
        groupName: 'Acme',
        customerName: ' Ada  Lovelace',
      })
      await insertPayment(api.db, {
        paymentKey: 'b',
        paidAt: new Date('2026-03-02T23:59:59.999Z'),
        groupName: 'globex',
        customerName: '100% Real_Name \\',
      })
      await insertPayment(api.db, {
        paymentKey: 'c',
        paidAt: new Date('2026-03-03T00:00:00Z'),
        stripeProductId: 'prod_pro',
        customerName: 'Änne Öhm',
      })
    })
    test.each([
      ['', 3],
      ['?from=2026-03-02', 2],
      ['?to=2026-03-02', 2],
      ['?from=2026-03-02&to=2026-03-02', 1],
      ['?from=2026-03-01T00:00:00Z&to=2026-03-01T00:00:00Z', 1],
      ['?from=2026-03-01T00:00:00.001Z', 2],
      ['?to=2026-03-03T02:00:00%2B02:00', 3],
      ['?from=1900-01-01&to=2100-01-01', 3],
      ['?from=0000-01-01T00:00:00%2B01:00', 3],
      ['?from=9999-12-31T23:59:59-05:00', 0],
      ['?to=9999-12-31T23:59:59-05:00', 3],
      ['?to=0000-01-01T00:00:00%2B01:00', 0],
      ['?from=0000-01-01&to=9999-12-31', 3],
      ['?productId=prod_pro', 1],
      ['?productId=PROD_PRO', 0],
      ['?productId=', 3],
      ['?productId=pr%C3%B6d', 0],
      ['?organizationName=%20ACME%20', 2],
      ['?organizationName=acme&productId=prod_core', 1],
      ['?organizationName=acm', 0],
      ['?name=ADA', 1],
      ['?name=love', 1],
      ['?name=a%20l', 1],
      ['?name=a%20%20l', 1],
      ['?name=%25', 1],
      ['?name=_', 1],
      ['?name=%5C', 1],
      ['?name=%C3%84NNE', 1],
      ['?name=ohm', 0],
      ["?name='%20or%201=1", 0],
      ['?name=ada&name=zzz', 1],
    ])('%s finds %i', async (query, total) => {
      const found = await listed(query)
      expect({ total: found.total, items: found.items.length }).toEqual({ total, items: total })
    })
  })

  test('paged, newest first; at the same instant by key, so that no page repeats a payment', async () => {
    const same = on('2026-03-01')
    for (const key of ['a', 'b', 'c', 'd', 'e'])
      await insertPayment(api.db, { paymentKey: key, paidAt: same, stripeInvoiceId: key })
    const pages = await Promise.all([1, 2, 3, 4].map((page) => listed(`?pageSize=2&page=${page}`)))
    expect(pages.map(({ items }) => items.map(({ invoiceId }: { invoiceId: string }) => invoiceId))).toEqual([
      ['e', 'd'],
      ['c', 'b'],
      ['a'],
      [],
    ])
    expect(pages[3]).toMatchObject({ status: 200, page: 4, pageSize: 2, total: 5 })
    expect(await listed('?pageSize=100000')).toMatchObject({ pageSize: 500 })
    expect(await listed(`?pageSize=${'9'.repeat(400)}`)).toMatchObject({ pageSize: 500 })
    expect(await listed('?page=999999999')).toMatchObject({ status: 200, items: [] })
  })

  test.each([
    ['?from=2026-13-01', 'from'],
    ['?from=2026-02-30', 'from'],
    ['?to=yesterday', 'to'],
    ['?to=2026-03-01T00:00:00', 'to'],
    ['?from=2026-03-02&to=2026-03-01', 'from'],
    ['?page=0', 'page'],
    ['?page=-1', 'page'],
    ['?page=1.5', 'page'],
    ['?pageSize=abc', 'pageSize'],
    [`?name=${'x'.repeat(256)}`, 'name'],
    ['?name=%00', 'name'],
  ])('%s: 400 invalid filter, naming %s', async (query, field) => {
    for (const path of field.startsWith('page') ? [LIST] : [LIST, EXPORT]) {
      const answer = await api.get(`${path}${query}`, root)
      expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({
        status: 400,
        error: expect.stringMatching(/^invalid filter: /),
        code: 'invalid_filter',
        field,
      })
    }
  })
})

describe('GET reports/payments/export', () => {
  const columns =
    'paidAt,capturedAt,organizationName,customerFirstName,customerLastName,customerEmail,currency,amountSubtotal,amountTax,amountTotal,productId,invoiceId,paymentIntentId,stripeCustomerId,billingLine1,billingLine2,billingCity,billingState,billingPostalCode,billingCountry,amountRefunded,disputeStatus,amountNet,licenseId,productSlug,plan'

  test('the header row alone when nothing matches', async () => {
    const answer = await api.get(`${EXPORT}?name=nobody`, root)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="payments-2026-04-05.csv"')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).toBe(`${columns}\r\n`)
  })

  test('every matching payment once, newest first, whatever a batch holds', async () => {
    const row = {
      issuance_key: 'test:1',
      currency: 'usd',
      amount_subtotal_minor: 1,
      amount_tax_minor: 0,
      amount_total_minor: 1,
      created_at: on('2026-03-01'),
      billing_address: null,
    }
    // Many at one instant, so that a batch ends in the middle of it.
    const rows = Array.from({ length: 2500 }, (_, index) => ({
      ...row,
      payment_key: `k${index}`,
      paid_at: new Date(on('2026-03-01').getTime() + Math.floor(index / 1200) * 1000),
      customer_name: index % 2 === 0 ? '=HYPERLINK("x")' : 'Ada, "the" Countess',
      stripe_invoice_id: `in_${index}`,
    }))
    for (let start = 0; start < rows.length; start += 500)
      await api.db
        .insertInto('payments')
        .values(rows.slice(start, start + 500))
        .execute()
    const text = await (await api.get(EXPORT, root)).text()
    const lines = text.split('\r\n')
    expect([lines[0], lines.at(-1)]).toEqual([columns, ''])
    const ids = lines.slice(1, -1).map((line) => /in_\d+/.exec(line)?.[0])
    expect(new Set(ids).size).toBe(2500)
    const times = lines.slice(1, -1).map((line) => line.slice(0, 20))
    expect(times).toEqual(times.toSorted().toReversed())
    expect(text).toContain(`,"'=HYPERLINK(""x"")",`)
    expect(text).toContain(',"Ada,","""the"" Countess",')
  })

  test('MySQL going away in the middle breaks the connection: half a file never looks whole', async () => {
    const batch = Array.from({ length: 1000 }, (_, index) => index)
    const rows = [...batch, ...batch.map((index) => index + 1000)].map((index) => ({
      payment_key: `k${index}`,
      issuance_key: 'test:1',
      paid_at: on('2026-03-01'),
      currency: 'usd',
      amount_subtotal_minor: 1,
      amount_tax_minor: 0,
      amount_total_minor: 1,
      created_at: on('2026-03-01'),
      billing_address: null,
      customer_name: 'x'.repeat(255),
    }))
    for (let start = 0; start < rows.length; start += 500)
      await api.db
        .insertInto('payments')
        .values(rows.slice(start, start + 500))
        .execute()
    // The walk has twenty batches; by the eleventh the first ones are on their way.
    const failing = await anApi({ db: failAfter(api.db, 10, 'payments', gone) })
    const serving = await serveGracefully({ fetch: failing.app.fetch, host: '127.0.0.1', port: 0, log: silentLog })
    const outcome = await new Promise<{ rows: number; whole: boolean }>((resolve, reject) => {
      get(`${serving.url}${EXPORT}`, { headers: { authorization: root } }, (answer) => {
        let text = ''
        answer.on('data', (chunk) => (text += String(chunk)))
        answer.on('error', () => undefined)
        answer.on('close', () => resolve({ rows: text.split('\r\n').length - 2, whole: answer.complete }))
      }).on('error', reject)
    })
    expect(outcome.whole).toBe(false)
    expect(outcome.rows).toBeGreaterThan(0)
    await serving.stop()
    await failing.close()
  })
})

describe('failures', () => {
  test.each([
    [LIST, 'failed to list payments'],
    [EXPORT, 'failed to export payments'],
  ])('%s: 503 while MySQL is away, 500 %s for anything else', async (path, text) => {
    const answers = async (failure: Error) => {
      const failing = await anApi({ db: failAfter(api.db, 0, 'payments', failure) })
      const answer = await failing.get(path, root)
      const body = await answer.json()
      await failing.close()
      return { status: answer.status, ...body }
    }
    expect(await answers(gone)).toMatchObject({ status: 503, error: 'temporarily unavailable' })
    expect(await answers(new Error('SELECT secrets'))).toEqual({
      status: 500,
      error: text,
      code: 'internal',
      requestId: expect.any(String),
    })
  })
})

describe('who may', () => {
  test.each([
    [LIST, 'payments:read'],
    [EXPORT, 'payments:export'],
  ])('%s: sysadmins whose scopes name %s', async (path, scope) => {
    expect((await api.get(path)).status).toBe(401)
    expect((await api.get(path, await aMember('acme'))).status).toBe(403)
    expect((await api.get(path, await aSysadmin(['catalog:admin']))).status).toBe(403)
    expect((await api.get(path, await aSysadmin([scope]))).status).toBe(200)
  })
})
