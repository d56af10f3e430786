import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, anApi, aSysadmin } from '../an-api.ts'
import { startUncalledStripe } from '../uncalled-stripe.ts'

const BASE = '/authlance/license'
const REPORT = `${BASE}/payments/api/v1/reports/payments`

/** Text that columns, keys or terminals cannot take. What has no answer of its own is refused; none of it may end in a 500. */
const texts = {
  'a control character': 'ac\u001bme',
  NUL: 'ac\u0000me',
  'half a surrogate pair': 'ac\ud83dme',
  'lower case that outgrows its column': 'İ'.repeat(128),
  'a normal form that outgrows its column': '\uFB2C'.repeat(100),
  'emoji at the bound': '🚀'.repeat(64),
  'far too long': 'a'.repeat(3000),
  'no ASCII': 'ä',
}
/** What the first of these means for a group, wherever one is named. */
const refused = [
  'a control character',
  'NUL',
  'lower case that outgrows its column',
  'a normal form that outgrows its column',
  'far too long',
] as const

const issue = { group: 'acme', email: 'owner@acme.test', productKey: 'core', plan: 'core', domain: 'acme.test', persist: true }
const product = {
  slug: 'core',
  name: 'Core',
  plan: 'core',
  productKey: 'core',
  unitAmount: 100,
  lookupKey: 'l',
  stripeProductId: 'prod_1',
}
/** Every operation with a text, a good body, and the fields of it to spoil. */
const bodies: [method: string, path: string, body: Record<string, unknown>, fields: string[]][] = [
  ['POST', `${BASE}/internal/issue`, issue, ['group', 'email', 'productKey', 'plan', 'domain']],
  [
    'POST',
    `${BASE}/trial/acme/issue`,
    { domain: 'acme.test', email: 'o@acme.test', productKey: 'core' },
    ['domain', 'email', 'productKey'],
  ],
  [
    'POST',
    `${BASE}/payments/api/v1/checkout-session`,
    {
      organizationName: 'acme',
      lookupKey: 'no-such',
      couponCode: 'NONE',
      organizationLongName: 'Acme',
      cookieDomain: '.acme.test',
    },
    ['organizationName', 'lookupKey', 'couponCode', 'organizationLongName', 'cookieDomain'],
  ],
  ['POST', `${BASE}/payments/product-details`, { lookup_key: 'no-such' }, ['lookup_key']],
  ['POST', `${BASE}/payments/api/v1/customer-portal`, { customerId: 'cus_1' }, ['customerId']],
  ['POST', `${BASE}/payments/api/v1/maintenance-checkout`, { licenseId: 'L-1', groupName: 'acme' }, ['licenseId', 'groupName']],
  [
    'POST',
    `${BASE}/admin/products`,
    product,
    ['slug', 'name', 'plan', 'productKey', 'lookupKey', 'stripeProductId', 'description'],
  ],
  ['POST', `${BASE}/admin/products/sold/coupons`, { code: 'ONCE' }, ['code']],
]
const paths: ((text: string) => string)[] = [
  (text) => `${BASE}/${text}`,
  (text) => `${BASE}/groups/${text}/licenses`,
  (text) => `${BASE}/groups/acme/licenses?plan=${text}`,
  (text) => `${BASE}/admin/products/${text}/coupons`,
  (text) => `${BASE}/payments/api/v1/verify-payment/${text}`,
  (text) => `/licenseoperator/verify-payment/${text}`,
  (text) => `${REPORT}?organizationName=${text}&name=${text}`,
  (text) => `${REPORT}?productId=${text}`,
  (text) => `${REPORT}/export?organizationName=${text}`,
  (text) => `${BASE}/revocations?productKey=${text}`,
]

let stripe: Awaited<ReturnType<typeof startUncalledStripe>>
let api: AnApi
let root: string

beforeAll(async () => {
  stripe = await startUncalledStripe()
  api = await anApi({ stripe: { apiKey: 'sk_test_none', apiBase: stripe.apiBase } })
  root = await aSysadmin()
  await insertProduct(api.db, { slug: 'sold', type: 'one_off' })
})
afterAll(async () => {
  await api.close()
  await stripe.stop()
})

test('the API has every path that is asked here', async () => {
  for (const path of [...bodies.map(([, path]) => path), ...paths.map((pathOf) => pathOf('acme'))])
    expect((await api.send('PATCH', path, {}, root)).status, path).toBe(405)
})

describe.each(Object.entries(texts))('%s', (_what, text) => {
  test.each(bodies)('%s %s: no field makes it fail', async (method, path, body, fields) => {
    for (const field of fields) {
      const answer = await api.send(method, path, { ...body, [field]: text }, root)
      expect(answer.status, field).toBeLessThan(500)
    }
  })

  test('no path and no query makes an operation fail', async () => {
    // Half a surrogate pair cannot be written in a URL.
    for (const path of paths.map((pathOf) => pathOf(encodeURIComponent(text.toWellFormed())))) {
      const answer = await api.send('GET', path, undefined, root)
      expect(answer.status, path).toBeLessThan(500)
    }
  })
})

describe('400', () => {
  test.each([...refused])('a group with %s, in body and path', async (what) => {
    const group = texts[what]
    const issued = await api.send('POST', `${BASE}/internal/issue`, { ...issue, group }, root)
    expect([issued.status, (await issued.json()).field]).toEqual([400, 'group'])
    const order = { organizationName: group, lookupKey: 'sold' }
    const checkout = await api.send('POST', `${BASE}/payments/api/v1/checkout-session`, order, root)
    expect([checkout.status, (await checkout.json()).field]).toEqual([400, 'organizationName'])
    const trial = await api.send(
      'POST',
      `${BASE}/trial/${encodeURIComponent(group)}/issue`,
      { domain: 'a.test', email: 'o@a.test' },
      root,
    )
    expect(trial.status).toBe(400)
    const list = await api.send('GET', `${BASE}/groups/${encodeURIComponent(group)}/licenses`, undefined, root)
    expect(list.status).toBe(400)
  })

  test.each([texts['a control character'], texts.NUL, texts['far too long'], 'a'.repeat(256)])(
    'a filter of a report: %j',
    async (text) => {
      for (const filter of ['organizationName', 'name', 'productId']) {
        const answer = await api.send('GET', `${REPORT}?${filter}=${encodeURIComponent(text)}`, undefined, root)
        expect([answer.status, (await answer.json()).field]).toEqual([400, filter])
      }
    },
  )

  test.each(['plan', 'productKey'])('%s whose lower case outgrows its column', async (field) => {
    const text = texts['lower case that outgrows its column']
    const created = await api.send('POST', `${BASE}/admin/products`, { ...product, [field]: text }, root)
    expect([created.status, (await created.json()).field]).toEqual([400, field])
    const issued = await api.send('POST', `${BASE}/internal/issue`, { ...issue, [field]: text }, root)
    expect([issued.status, (await issued.json()).field]).toEqual([400, field])
  })

  test('no group of it was stored', async () => {
    const groups = await api.db.selectFrom('licenses').select('group_name').distinct().execute()
    expect(groups.map((row) => row.group_name).filter((name) => /\p{Cc}/u.test(name))).toEqual([])
  })
})
