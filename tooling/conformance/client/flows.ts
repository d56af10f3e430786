// Compiled and run by generated-client.test.ts beside the client that it generates; not part of the workspace's own type check.
import createClient from 'openapi-fetch'
import type { paths } from './api.ts'

const { API_URL = '', MEMBER_TOKEN = '', ADMIN_TOKEN = '' } = process.env
const member = createClient<paths>({ baseUrl: API_URL, headers: { Authorization: `Bearer ${MEMBER_TOKEN}` } })
const admin = createClient<paths>({ baseUrl: API_URL, headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } })
const anonymous = createClient<paths>({ baseUrl: API_URL })

function must<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined)
    throw new Error(`${answer.response.url} answered ${answer.response.status} ${JSON.stringify(answer.error)}`)
  return answer.data
}

async function pay(url: string): Promise<void> {
  const form = {
    email: 'ada@acme.example',
    name: 'Ada Lovelace',
    country: 'GB',
    postal_code: 'W1 1AA',
    card_number: '4242424242424242',
  }
  const body = new URLSearchParams({ ...form, expiry: '12 / 34', cvc: '123', method: 'card' })
  const paid = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  if (paid.status !== 303) throw new Error(`paying answered ${paid.status}`)
}

async function storefront(): Promise<string> {
  const details = must(await anonymous.GET('/authlance/license/product'))
  const products = must(await anonymous.GET('/authlance/license/products'))
  const tiered = products.find((product) => product.pricingMode === 'tiered')
  const lookupKey = tiered?.lookupKey
  if (lookupKey === undefined) throw new Error(`${details.name} is not on sale`)
  const price = must(await anonymous.POST('/authlance/license/payments/product-details', { body: { lookup_key: lookupKey } }))
  if (price.product.recurring?.interval !== 'year') throw new Error('the price does not recur yearly')
  const session = must(
    await member.POST('/authlance/license/payments/api/v1/checkout-session', {
      body: { lookupKey, organizationName: 'acme', cookieDomain: '.acme.example', managedProducts: 5 },
    }),
  )
  await pay(session.url)
  const { subscriptionId } = must(
    await member.POST('/authlance/license/payments/api/v1/session-id', { body: { sessionId: session.sessionId } }),
  )
  const license = await issued()
  const state = must(
    await member.GET('/authlance/license/payments/api/v1/checkout-sessions/{id}', {
      params: { path: { id: session.sessionId } },
    }),
  )
  if (state.status !== 'complete' || state.licenseId !== license) throw new Error('the session does not name its license')
  const text = must(
    await member.GET('/authlance/license/{identifier}', { params: { path: { identifier: license } }, parseAs: 'text' }),
  )
  if (typeof text !== 'string' || !text.startsWith('-----BEGIN LICENSE-----')) throw new Error('the license is no text')
  const verified = must(
    await member.GET('/authlance/license/payments/api/v1/verify-payment/{licenseId}', {
      params: { path: { licenseId: license } },
    }),
  )
  const { stripeCustomerId = '' } = verified.license
  if (verified.license.seats !== 5 || verified.recordedPayment?.amountTotal !== 12_000) throw new Error('not what was bought')
  must(await member.POST('/authlance/license/payments/api/v1/customer-portal', { body: { customerId: stripeCustomerId } }))
  return `${license} ${subscriptionId}`
}

/** The license follows the payment within seconds. */
async function issued(): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const params = { path: { groupName: 'acme' }, query: { pageSize: '10' } }
    const page = must(await member.GET('/authlance/license/groups/{groupName}/licenses', { params }))
    const [license] = page.items
    if (license !== undefined) return license.licenseId
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('no license was issued')
}

async function administration(): Promise<string> {
  const before = must(await admin.GET('/authlance/license/admin/products/seat-usage'))
  const product = must(
    await admin.POST('/authlance/license/admin/products', {
      body: {
        slug: 'generated',
        name: 'Generated',
        plan: 'core',
        productKey: 'core',
        unitAmount: 5000,
        billingInterval: 'month',
        pricingTiers: [
          { upperBound: 3, amount: 100 },
          { factor: 0.5, perUnit: true },
        ],
        pricingMode: 'tiered',
      },
    }),
  )
  const changed = must(
    await admin.PUT('/authlance/license/admin/products/{slug}', {
      params: { path: { slug: product.slug } },
      body: { unitAmount: 6000 },
    }),
  )
  if (changed.unitAmount !== 6000 || changed.pricingTiers !== undefined) throw new Error('the change is not as tabled')
  const coupon = must(
    await admin.POST('/authlance/license/admin/products/{slug}/coupons', {
      params: { path: { slug: product.slug } },
      body: { code: 'half', behavior: 'stripe_promotion', stripePromotion: { percentOff: 50, duration: 'once' } },
    }),
  )
  const path = { slug: product.slug, couponId: String(coupon.id) }
  must(
    await admin.PUT('/authlance/license/admin/products/{slug}/coupons/{couponId}', { params: { path }, body: { maxTotal: 3 } }),
  )
  const coupons = must(
    await admin.GET('/authlance/license/admin/products/{slug}/coupons', { params: { path: { slug: product.slug } } }),
  )
  if (coupons.items[0]?.maxTotal !== 3) throw new Error('the coupon is not as changed')
  const gone = await admin.DELETE('/authlance/license/admin/products/{slug}/coupons/{couponId}', { params: { path } })
  if (gone.response.status !== 204) throw new Error('the coupon was not deleted')
  const listed = must(await admin.GET('/authlance/license/admin/products', { params: { query: { includeInactive: 'true' } } }))
  const after = must(await admin.GET('/authlance/license/admin/products/seat-usage'))
  if (after.activeTotal !== before.activeTotal + 1 || listed.total < after.activeTotal) throw new Error('the seats do not add up')
  must(await admin.GET('/authlance/license/product-keys'))
  const trial = must(
    await admin.POST('/authlance/license/trial/{group}/issue', {
      params: { path: { group: 'generated' } },
      body: { domain: '.generated.test', email: 'owner@generated.test', productKey: 'core' },
      parseAs: 'text',
    }),
  )
  must(
    await admin.POST('/authlance/license/internal/issue', {
      body: { group: 'generated', email: 'owner@generated.test', productKey: 'core', persist: true },
      parseAs: 'text',
    }),
  )
  const payments = must(
    await admin.GET('/authlance/license/payments/api/v1/reports/payments', { params: { query: { organizationName: 'ACME' } } }),
  )
  const csv = must(await admin.GET('/authlance/license/payments/api/v1/reports/payments/export', { parseAs: 'text' }))
  if (csv.split('\r\n').length !== payments.total + 2) throw new Error('the export is not the list')
  const refused = await admin.POST('/authlance/license/admin/products', {
    body: { ...product, slug: 'generated', lookupKey: 'other' },
  })
  if (refused.error?.code !== 'slug_taken') throw new Error('a slug was taken twice')
  return `${product.slug} ${typeof trial}`
}

process.stdout.write(`storefront: ${await storefront()}\n`)
process.stdout.write(`administration: ${await administration()}\n`)
