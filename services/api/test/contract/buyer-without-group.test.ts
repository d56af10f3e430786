import { insertProduct } from '@licenseoperator/db/testing'
import { personalGroup } from '@licenseoperator/domain'
import { mintToken } from '@licenseoperator/http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, anApi, insertLicense, SECRET, settings } from '../an-api.ts'

const EMAIL = 'ada@acme.test'
let shop: AStripe
let api: AnApi
/** Where groups are required, over the same database. */
let strict: AnApi
/** Two identities that say they have one address. */
let ada: string
let eve: string

beforeAll(async () => {
  shop = await aStripe()
  api = await anApi({ stripe: shop.account, config: { checkout: { ...settings.checkout, requireGroupName: false } } })
  strict = await anApi({ stripe: shop.account, db: api.db })
  const of = (identity: string) => mintToken({ secret: SECRET, ttlMs: 600_000, identity, email: EMAIL, roles: [], groups: [] })
  ada = await of('7c1e-ada')
  eve = await of('Eve')
  await insertProduct(api.db, { slug: 'core' })
})
afterAll(async () => {
  await api.close()
  await strict.close()
  await shop.stop()
})

async function sessionOf(token: string, order: Record<string, unknown> = {}) {
  const answer = await api.checkout({ lookupKey: 'core', ...order }, token)
  expect(answer.status).toBe(200)
  const { sessionId } = await answer.json()
  return shop.stripe.checkout.sessions.retrieve(sessionId)
}
const licensesOf = (group: string, token: string, on = api) =>
  on.get(`/authlance/license/groups/${encodeURIComponent(group)}/licenses`, token)

describe('who buys without a group', () => {
  test('is a group of one that only the identity makes, shown under the address', async () => {
    const { metadata, customer_email } = await sessionOf(ada)
    expect(metadata).toMatchObject({ group: 'identity:7c1e-ada', organization_long_name: EMAIL, email: EMAIL })
    expect(customer_email).toBe(EMAIL)
    expect((await sessionOf(eve)).metadata?.group).toMatch(/^identity:~[0-9a-f]{64}$/)
  })

  test('sees the own licenses; whoever has the same address does not', async () => {
    const { licenseId } = await insertLicense(api.db, { groupName: personalGroup('7c1e-ada'), email: EMAIL })
    expect((await api.get(`/authlance/license/${licenseId}`, ada)).status).toBe(200)
    expect(await (await licensesOf('identity:7c1e-ada', ada)).json()).toMatchObject({ total: 1, items: [{ licenseId }] })
    expect((await api.get(`/authlance/license/${licenseId}`, eve)).status).toBe(403)
    expect((await licensesOf('identity:7c1e-ada', eve)).status).toBe(403)
  })

  test('is no member of a group that is called like the address, and does not get its customer', async () => {
    const team = (await shop.stripe.customers.create({ email: EMAIL })).id
    const { licenseId } = await insertLicense(api.db, { groupName: EMAIL, stripe: { customerId: team } })
    expect((await licensesOf(EMAIL, ada)).status).toBe(403)
    expect((await api.get(`/authlance/license/${licenseId}`, ada)).status).toBe(403)
    expect((await sessionOf(ada)).customer).toBeNull()
  })

  test('gets the own customer at Stripe again, and nobody else does', async () => {
    const own = (await shop.stripe.customers.create({ email: EMAIL })).id
    await insertLicense(api.db, { groupName: personalGroup('7c1e-ada'), stripe: { customerId: own } })
    expect((await sessionOf(ada)).customer).toBe(own)
    expect((await sessionOf(eve)).customer).toBeNull()
    const portal = '/authlance/license/payments/api/v1/customer-portal'
    expect((await api.send('POST', portal, { customerId: own }, eve)).status).toBe(403)
    expect((await api.send('POST', portal, { customerId: own }, ada)).status).toBe(200)
  })

  test('cannot be named as a group by a token', async () => {
    const posing = await mintToken({ secret: SECRET, ttlMs: 60_000, identity: 'eve', roles: [], groups: ['identity:7c1e-ada'] })
    expect((await licensesOf('identity:7c1e-ada', posing)).status).toBe(403)
    expect((await api.checkout({ lookupKey: 'core', organizationName: 'Identity:7C1E-ada' }, posing)).status).toBe(403)
  })
})

test('where groups are required, an identity is none: neither a checkout nor a trial', async () => {
  const order = { lookupKey: 'core', organizationName: 'identity:7c1e-ada' }
  expect((await strict.checkout(order, ada)).status).toBe(403)
  expect((await strict.checkout({ lookupKey: 'core' }, ada)).status).toBe(400)
  const trial = '/authlance/license/trial/identity:7c1e-ada/issue'
  expect((await strict.send('POST', trial, { domain: '.acme.test', productKey: 'core' }, ada)).status).toBe(403)
  expect((await api.send('POST', trial, { domain: '.acme.test', productKey: 'core' }, ada)).status).toBe(201)
})
