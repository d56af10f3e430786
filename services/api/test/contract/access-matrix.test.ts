import { insertProduct } from '@licenseoperator/db/testing'
import { surfaces } from '@licenseoperator/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense } from '../an-api.ts'

// Every operation against every kind of caller, for something that belongs to the group acme. `yes` means: gets past the door, whatever the
// answer is then. A route without a row here fails the first test.

const BASE = '/authlance/license'
const PAYMENTS = `${BASE}/payments/api/v1`
type Scope = (typeof surfaces)[number]
interface Row {
  readonly method: string
  readonly route: string
  /** The request, about the group acme. */
  readonly ask: () => { path: string; body?: object }
  readonly access: 'public' | 'signed in' | 'member' | 'sysadmin'
  /** Surface that a narrowed token must name. */
  readonly scope?: Scope
  /** Strangers are told that there is nothing, instead of that they may not. */
  readonly hidden?: true
}
let licenseId = ''
let customerId = ''
const rows: Row[] = [
  { method: 'GET', route: `${BASE}/product`, ask: () => ({ path: `${BASE}/product` }), access: 'public' },
  { method: 'GET', route: `${BASE}/products`, ask: () => ({ path: `${BASE}/products` }), access: 'public' },
  { method: 'GET', route: `${BASE}/revocations`, ask: () => ({ path: `${BASE}/revocations` }), access: 'public' },
  {
    method: 'POST',
    route: `${BASE}/payments/product-details`,
    ask: () => ({ path: `${BASE}/payments/product-details`, body: { lookup_key: 'core' } }),
    access: 'public',
  },
  {
    method: 'GET',
    route: `${BASE}/{identifier}`,
    ask: () => ({ path: `${BASE}/${licenseId}` }),
    access: 'member',
    scope: 'licenses:read',
  },
  {
    method: 'GET',
    route: `${BASE}/groups/{groupName}/licenses`,
    ask: () => ({ path: `${BASE}/groups/acme/licenses` }),
    access: 'member',
    scope: 'licenses:read',
  },
  {
    method: 'POST',
    route: `${BASE}/trial/{group}/issue`,
    ask: () => ({ path: `${BASE}/trial/acme/issue`, body: { domain: '.acme.test' } }),
    access: 'member',
    scope: 'trials:issue',
  },
  {
    method: 'POST',
    route: `${BASE}/internal/issue`,
    ask: () => ({ path: `${BASE}/internal/issue`, body: { group: 'acme', email: 'a@acme.test', productKey: 'core' } }),
    access: 'sysadmin',
    scope: 'licenses:issue',
  },
  { method: 'GET', route: `${BASE}/product-keys`, ask: () => ({ path: `${BASE}/product-keys` }), access: 'signed in' },
  ...(
    [
      ['GET', '/admin/products', undefined],
      ['POST', '/admin/products', {}],
      ['PUT', '/admin/products/{slug}', {}],
      ['GET', '/admin/products/seat-usage', undefined],
      ['GET', '/admin/products/{slug}/coupons', undefined],
      ['POST', '/admin/products/{slug}/coupons', {}],
      ['PUT', '/admin/products/{slug}/coupons/{couponId}', {}],
      ['DELETE', '/admin/products/{slug}/coupons/{couponId}', undefined],
    ] as const
  ).map(([method, route, body]): Row => {
    const path = `${BASE}${route}`.replace('{slug}', 'core').replace('{couponId}', '1')
    const ask = () => (body === undefined ? { path } : { path, body })
    return { method, route: `${BASE}${route}`, ask, access: 'sysadmin', scope: 'catalog:admin' }
  }),
  {
    method: 'POST',
    route: `${PAYMENTS}/checkout-session`,
    ask: () => ({ path: `${PAYMENTS}/checkout-session`, body: { lookupKey: 'core', organizationName: 'acme' } }),
    access: 'member',
    scope: 'payments:checkout',
  },
  {
    method: 'POST',
    route: `${PAYMENTS}/customer-portal`,
    ask: () => ({ path: `${PAYMENTS}/customer-portal`, body: { customerId } }),
    access: 'member',
    scope: 'payments:checkout',
  },
  {
    method: 'POST',
    route: `${PAYMENTS}/maintenance-checkout`,
    ask: () => ({ path: `${PAYMENTS}/maintenance-checkout`, body: { licenseId, groupName: 'acme' } }),
    access: 'member',
    scope: 'payments:checkout',
  },
  {
    method: 'POST',
    route: `${PAYMENTS}/session-id`,
    ask: () => ({ path: `${PAYMENTS}/session-id`, body: { sessionId: 'cs_acme' } }),
    access: 'member',
    scope: 'payments:read',
    hidden: true,
  },
  {
    method: 'GET',
    route: `${PAYMENTS}/checkout-sessions/{id}`,
    ask: () => ({ path: `${PAYMENTS}/checkout-sessions/cs_acme` }),
    access: 'member',
    scope: 'payments:read',
    hidden: true,
  },
  { method: 'GET', route: `${BASE}/l/{token}`, ask: () => ({ path: `${BASE}/l/forged` }), access: 'public' },
  { method: 'GET', route: `${BASE}/l/{token}/file`, ask: () => ({ path: `${BASE}/l/forged/file` }), access: 'public' },
  {
    method: 'POST',
    route: `${BASE}/admin/licenses/{licenseId}/revoke-links`,
    ask: () => ({ path: `${BASE}/admin/licenses/${licenseId}/revoke-links` }),
    access: 'sysadmin',
    scope: 'licenses:revoke',
  },
  {
    method: 'POST',
    route: `${BASE}/admin/licenses/{licenseId}/resend`,
    ask: () => ({ path: `${BASE}/admin/licenses/${licenseId}/resend` }),
    access: 'sysadmin',
    scope: 'licenses:issue',
  },
  {
    method: 'GET',
    route: `${PAYMENTS}/reports/payments`,
    ask: () => ({ path: `${PAYMENTS}/reports/payments` }),
    access: 'sysadmin',
    scope: 'payments:read',
  },
  {
    method: 'GET',
    route: `${PAYMENTS}/reports/payments/export`,
    ask: () => ({ path: `${PAYMENTS}/reports/payments/export` }),
    access: 'sysadmin',
    scope: 'payments:export',
  },
  ...[`${PAYMENTS}/verify-payment`, '/licenseoperator/verify-payment'].map(
    (path): Row => ({
      method: 'GET',
      route: `${path}/{licenseId}`,
      ask: () => ({ path: `${path}/${licenseId}` }),
      access: 'member',
      scope: 'payments:read',
    }),
  ),
]

let addresses = 0
let shop: AStripe
let api: AnApi

beforeAll(async () => {
  shop = await aStripe()
  api = await anApi({ stripe: shop.account, config: { maintenancePriceLookupKey: 'maintenance' } })
  await insertProduct(api.db, { slug: 'core', lookupKey: 'core' })
  const { id } = await shop.stripe.products.create({ name: 'Maintenance' })
  await shop.stripe.prices.create({ product: id, currency: 'usd', unit_amount: 4900, lookup_key: 'maintenance' })
  customerId = (await shop.stripe.customers.create({})).id
  const maintenanceExpiresAt = new Date('2030-01-01T00:00:00Z')
  licenseId = (await insertLicense(api.db, { kind: 'perpetual', maintenanceExpiresAt, stripe: { customerId } })).licenseId
  await insertLicense(api.db, { stripe: { checkoutSessionId: 'cs_acme', subscriptionId: 'sub_acme' } })
})
afterAll(async () => {
  await api.close()
  await shop.stop()
})

test('the matrix has every route that the API serves, and no other', () => {
  const reference = /\/(?:openapi\.json|docs(?:\/.*)?|license\/|verify-payment\/)$/
  const served = api.app.routes.filter(
    ({ method, path }) => method !== 'ALL' && path.startsWith('/') && !['/healthz', '/readyz', '/metrics'].includes(path),
  )
  const named = served
    .filter(({ path }) => !reference.test(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect(new Set(named)).toEqual(new Set(rows.map(({ method, route }) => `${method} ${route}`)))
})

/** `in` past the door, `401` without a token that counts, `no` for everything that keeps a stranger out. */
async function door(row: Row, token: string | undefined): Promise<'in' | '401' | 'no'> {
  const { path, body } = row.ask()
  const init = {
    method: row.method,
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: token }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
  // Every request from an address of its own: too many wrong tokens from one would be told to wait.
  addresses += 1
  const incoming = { socket: { remoteAddress: `10.0.${addresses >> 8}.${addresses & 255}` } }
  const { status } = await api.app.request(path, init, { incoming })
  expect(status).not.toBe(429)
  if (status === 401) return '401'
  return status === 403 || (row.hidden === true && status === 404) ? 'no' : 'in'
}

test.each(rows.map((row): [string, Row] => [`${row.method} ${row.route}`, row]))('%s', async (_name, row) => {
  const otherScopes = surfaces.filter((surface) => surface !== row.scope)
  const got = {
    anonymous: await door(row, undefined),
    forged: await door(row, 'eyJhbGciOiJub25lIn0.e30.'),
    'personal access token': await door(row, 'pat_0123456789'),
    'foreign member': await door(row, await aMember('globex')),
    member: await door(row, await aMember('ACME')),
    'member narrowed to this': await door(row, await aMember('acme', row.scope === undefined ? undefined : [row.scope])),
    sysadmin: await door(row, await aSysadmin()),
    'sysadmin narrowed to this': await door(row, await aSysadmin(row.scope === undefined ? undefined : [row.scope])),
    'sysadmin narrowed to all else': await door(row, await aSysadmin(otherScopes)),
    'sysadmin narrowed to nothing': await door(row, await aSysadmin([])),
  }
  const { access, scope } = row
  const stranger = access === 'public' ? 'in' : '401'
  const member = access === 'sysadmin' ? 'no' : 'in'
  const narrowed = scope === undefined ? 'in' : 'no'
  expect(got).toEqual({
    anonymous: stranger,
    forged: stranger,
    'personal access token': stranger,
    'foreign member': access === 'member' ? 'no' : member,
    member,
    'member narrowed to this': member,
    sysadmin: 'in',
    'sysadmin narrowed to this': 'in',
    'sysadmin narrowed to all else': narrowed,
    'sysadmin narrowed to nothing': narrowed,
  })
})
