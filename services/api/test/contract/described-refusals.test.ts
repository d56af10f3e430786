import { openDatabase } from '@licenseoperator/db'
import { insertProduct } from '@licenseoperator/db/testing'
import { newLicenseId } from '@licenseoperator/domain'
import { noOperatorLicense } from '@licenseoperator/licensing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, aSysadmin, insertCoupon, insertLicense } from '../an-api.ts'
import { type DescribedRefusal, type DescribedRequest, describedRequests, pathOf } from '../described-requests.ts'
import { descriptionApp } from '../openapi-file.ts'

// Every refusal that the reference page shows is made to happen here, and must be answered to the letter.

const TOKENS = { nobody: undefined, member: aMember('acme'), sysadmin: aSysadmin() }
/** Whoever may use an operation; the rest is for members. */
const callers: Readonly<Record<string, keyof typeof TOKENS>> = {
  getDefaultProduct: 'nobody',
  listPublicProducts: 'nobody',
  getProductDetails: 'nobody',
  getRevocationList: 'nobody',
  issueLicense: 'sysadmin',
  listPayments: 'sysadmin',
  exportPayments: 'sysadmin',
}

let shop: AStripe
let api: AnApi
/** Nothing is on sale here. */
let emptyShop: AnApi
/** The operator's own license is bad here. */
let unlicensed: AnApi
/** The operator's own license has two seats here, which are taken. */
let full: AnApi
let broken: AnApi
let away: AnApi
let mysqlAway: ReturnType<typeof openDatabase>

beforeAll(async () => {
  shop = await aStripe()
  const stripe = shop.account
  api = await anApi({ stripe, config: { maintenancePriceLookupKey: 'maintenance' } })
  const team = await insertProduct(api.db, { slug: 'team-year', type: 'subscription', plan: 'team' })
  const stripePromotion = { percentOff: 25, duration: 'forever' as const }
  await insertCoupon(api.db, { productId: team.id, code: 'tier10', behavior: 'stripe_promotion', stripePromotion })
  await insertCoupon(api.db, { productId: team.id, code: 'welcome' })
  await insertProduct(api.db, { slug: 'sold-out', productKey: 'pro', maxLicenseTotal: 1 })
  const soldOut = { group: 'globex', email: 'a@globex.test', productKey: 'pro', persist: true }
  expect((await api.send('POST', '/authlance/license/internal/issue', soldOut, await TOKENS.sysadmin)).status).toBe(201)
  await insertLicense(api.db, { licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD', groupName: 'acme' })

  emptyShop = await anApi()
  unlicensed = await anApi({ operatorLicense: { ...noOperatorLicense, state: () => 'invalid' } })
  full = await anApi({ db: api.db, stripe, operatorLicense: { state: () => 'valid', seatLimit: () => 2 } })
  const failing = api.db.withPlugin({
    transformQuery: () => {
      throw new Error('not a word of this is answered')
    },
    transformResult: async ({ result }) => result,
  })
  broken = await anApi({ db: failing, stripe })
  mysqlAway = openDatabase({ host: '127.0.0.1', port: 9, user: 'nobody', password: 'no-such-password', database: 'none' })
  away = await anApi({ db: mysqlAway.db })
})
afterAll(async () => {
  for (const one of [api, emptyShop, unlicensed, full, broken, away]) await one.close()
  await mysqlAway.close()
  await shop.stop()
})

interface Change {
  readonly on?: AnApi
  readonly token?: string | undefined
  readonly parameters?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  readonly raw?: string
  readonly type?: string
  readonly address?: string
}
type Provoke = (operation: DescribedRequest) => Promise<Change> | Change

const withBody =
  (change: Readonly<Record<string, unknown>>): Provoke =>
  ({ body }) => ({ body: { ...body, ...change } })
const withParameter =
  (parameters: Readonly<Record<string, string>>): Provoke =>
  () => ({ parameters })

/** What makes a refusal that any operation can have. */
const common: Readonly<Record<string, Provoke>> = {
  without_token: () => ({ token: undefined }),
  stranger: async () => ({ token: await aMember('globex') }),
  no_sysadmin: async () => ({ token: await aMember('acme') }),
  narrowed_token: async () => ({ token: await aSysadmin([]) }),
  too_large: () => ({ raw: JSON.stringify({ name: 'a'.repeat(300_000) }) }),
  not_json: () => ({ type: 'text/plain' }),
  failure: () => ({ on: broken }),
  away: () => ({ on: away }),
  operator_license: () => ({ on: unlicensed }),
  seat_limit: ({ operationId, body }) => ({
    on: full,
    ...(operationId === 'updateProduct' ? { parameters: { slug: 'resting' }, body: { ...body, active: true } } : {}),
  }),
}

/** What makes the refusals that are an operation's own. */
const own: Readonly<Record<string, Provoke>> = {
  'getDefaultProduct nothing_on_sale': () => ({ on: emptyShop }),
  'getProductDetails no_key': withBody({ lookup_key: undefined }),
  'getProductDetails unknown_key': withBody({ lookup_key: 'nothing' }),
  'getLicense blank_id': withParameter({ identifier: ' ' }),
  'getLicense bad_page': withParameter({ identifier: 'acme', page: '0' }),
  'getLicense unknown_license': () => ({ parameters: { identifier: newLicenseId() } }),
  'listGroupLicenses bad_page': withParameter({ page: '0' }),
  'listGroupLicenses no_name': withParameter({ groupName: 'ac\u0007me' }),
  'issueTrial no_domain': withBody({ domain: undefined }),
  'issueTrial unknown_key': withBody({ productKey: 'nothing' }),
  'issueTrial had_one': async ({ route, body }) => {
    const path = route.replace('{group}', 'hadone')
    const token = await aMember('hadone')
    expect((await api.send('POST', path, body, token)).status).toBe(201)
    return { token, parameters: { group: 'hadone' }, body: { ...body, productKey: 'pro' } }
  },
  'issueLicense no_key': withBody({ productKey: undefined }),
  'issueLicense past_end': withBody({ exp: '2020-01-01T00:00:00Z' }),
  'issueLicense sold_out': withBody({ productKey: 'pro' }),
  'getRevocationList long_key': withParameter({ productKey: 'a'.repeat(129) }),
  'getRevocationList unknown_key': withParameter({ productKey: 'nothing' }),
  'createProduct no_slug': withBody({ slug: undefined }),
  'createProduct negative_price': withBody({ unitAmount: -1 }),
  'createProduct slug_taken': withBody({ slug: 'team-year' }),
  'updateProduct negative_price': withBody({ unitAmount: -1 }),
  'updateProduct unknown_product': withParameter({ slug: 'nothing' }),
  'listCoupons unknown_product': withParameter({ slug: 'nothing' }),
  'createCoupon no_code': withBody({ code: undefined }),
  'createCoupon unknown_product': withParameter({ slug: 'nothing' }),
  'createCoupon code_taken': withBody({ code: 'tier10' }),
  'updateCoupon bad_id': withParameter({ couponId: 'first' }),
  'updateCoupon unknown_coupon': withParameter({ couponId: '999' }),
  'updateCoupon code_taken': withBody({ code: 'welcome' }),
  'deleteCoupon bad_id': withParameter({ couponId: 'first' }),
  'deleteCoupon unknown_coupon': withParameter({ couponId: '999' }),
  'createCheckoutSession unknown_product': withBody({ lookupKey: 'nothing' }),
  'createCheckoutSession no_group': withBody({ organizationName: undefined }),
  'createCheckoutSession bad_coupon': withBody({ couponCode: 'nothing' }),
  'createCheckoutSession sold_out': withBody({ lookupKey: 'sold-out', managedProducts: undefined }),
  'getCheckoutState long_id': withParameter({ id: 'a'.repeat(256) }),
  'getCheckoutState unknown_session': withParameter({ id: 'cs_test_unknown' }),
  'createCustomerPortal no_customer': withBody({ customerId: undefined }),
  'createMaintenanceCheckout no_license': withBody({ licenseId: undefined }),
  'createMaintenanceCheckout other_license': withBody({ licenseId: newLicenseId() }),
  'resolveSubscription no_session': withBody({ sessionId: undefined }),
  'resolveSubscription unknown_session': withBody({ sessionId: 'cs_test_unknown' }),
  'listPayments bad_day': withParameter({ from: 'yesterday' }),
  'listPayments long_value': withParameter({ name: 'a'.repeat(1001) }),
  'listPayments bad_page': withParameter({ page: '0' }),
  'exportPayments bad_day': withParameter({ from: 'yesterday' }),
  'exportPayments long_value': withParameter({ name: 'a'.repeat(1001) }),
  'resendLicense no_mail': () => ({}),
  'resendLicense unknown_license': () => ({ parameters: { licenseId: newLicenseId() } }),
  'revokeLicenseLinks long_id': withParameter({ licenseId: 'a'.repeat(256) }),
  'revokeLicenseLinks unknown_license': () => ({ parameters: { licenseId: newLicenseId() } }),
  'verifyPayment blank_id': withParameter({ licenseId: ' ' }),
  'verifyPayment unknown_license': () => ({ parameters: { licenseId: newLicenseId() } }),
  'verifyPaymentInside blank_id': withParameter({ licenseId: ' ' }),
  'verifyPaymentInside unknown_license': () => ({ parameters: { licenseId: newLicenseId() } }),
}

const operations = describedRequests(descriptionApp())
const cases = operations
  .flatMap((operation) => operation.refusals.map((refusal) => ({ operation, refusal })))
  .map((one): [string, typeof one] => [`${one.operation.operationId} ${one.refusal.name}`, one])

async function ask(operation: DescribedRequest, change: Change): Promise<Response> {
  const caller = callers[operation.operationId] ?? (operation.route.includes('/admin/') ? 'sysadmin' : 'member')
  const token = 'token' in change ? change.token : await TOKENS[caller]
  const body = change.body ?? operation.body
  return (change.on ?? api).app.request(
    pathOf(operation, change.parameters),
    {
      method: operation.method,
      headers: {
        'content-type': change.type ?? 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: change.raw ?? JSON.stringify(body) }),
    },
    { incoming: { socket: { remoteAddress: change.address ?? '192.0.2.1' } } },
  )
}

async function expectAnswer(answer: Response, { status, body }: DescribedRefusal): Promise<void> {
  expect({ status: answer.status, ...(await answer.json()) }).toEqual({ status, ...body, requestId: expect.any(String) })
}

describe('a refusal that is shown is a refusal that is answered', () => {
  beforeAll(async () => {
    await insertProduct(api.db, { slug: 'resting', type: 'subscription', active: false })
  })

  test.each(cases.filter(([, { refusal }]) => refusal.name !== 'too_many'))('%s', async (name, { operation, refusal }) => {
    const provoke = own[name] ?? common[refusal.name]
    if (provoke === undefined) throw new Error(`nothing here makes ${name} happen: add it to the table`)
    await expectAnswer(await ask(operation, await provoke(operation)), refusal)
  })

  test.each(cases.filter(([, { refusal }]) => refusal.name === 'too_many'))('%s', async (name, { operation, refusal }) => {
    const open = callers[operation.operationId] === 'nobody'
    const address = `198.51.100.${cases.findIndex(([one]) => one === name) % 250}`
    const change = { address, ...(open ? {} : { token: 'a guess' }) }
    for (let tries = 0; tries < (open ? 600 : 20); tries += 1) await ask(operation, change)
    await expectAnswer(await ask(operation, change), refusal)
  })
})

test('an operation explains itself, and no two statuses of it show the same body', () => {
  for (const { operationId, refusals } of operations) {
    const shown = refusals.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)
    expect(new Set(shown.map((one) => one.slice(4))).size, operationId).toBe(new Set(shown).size)
    expect(new Set(refusals.map(({ status }) => status)).has(500), operationId).toBe(true)
  }
})
