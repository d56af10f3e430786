import { exampleLicense } from '@licenseoperator/api-schemas'
import { loadConfig } from '@licenseoperator/config'
import { inTransaction, licenses, openDatabase } from '@licenseoperator/db'
import { type LicenseDraft, openKeyRing, prepareLicense } from '@licenseoperator/licensing'
import { PERPETUAL_EXPIRES_AT } from '@licenseoperator/signing'
import type { EmulatorAddress, Environment } from './environment.ts'

/** With this seed the emulator's first customer has the id that the API's description names. */
export const EMULATOR_SEED = 'the examples of the description'
export const MAINTENANCE_LOOKUP_KEY = 'maintenance'

const DAY_MS = 86_400_000
const team = {
  slug: 'team-year',
  name: 'Team',
  description: 'For teams, priced by seats',
  type: 'subscription',
  plan: 'team',
  productKey: 'core',
  pricingMode: 'tiered',
  currency: 'usd',
  unitAmount: 9900,
  billingInterval: 'year',
  maxManagedProducts: 50,
  pricingTiers: [
    { upperBound: 3, amount: 9900 },
    { factor: 0.225, perUnit: true },
  ],
  coupons: [
    { code: 'tier10', behavior: 'stripe_promotion', maxPerGroup: 1, stripePromotion: { percentOff: 25, duration: 'forever' } },
  ],
}

/** What the examples need of Stripe: a customer, before anything else has an id, and the price of maintenance. @returns the customer's id */
export async function seedStripe({ url, apiKey }: EmulatorAddress): Promise<string> {
  const make = async (path: string, fields: Record<string, string>): Promise<string> => {
    const answer = await fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
      body: new URLSearchParams(fields),
    })
    const { id } = Object(await answer.json())
    if (!answer.ok || typeof id !== 'string') throw new Error(`the Stripe emulator answered ${answer.status} to ${path}`)
    return id
  }
  const customer = await make('customers', { email: 'ada@acme.example', name: 'Ada Lovelace' })
  const product = await make('products', { name: 'Maintenance' })
  const yearly = { currency: 'usd', unit_amount: '4900', 'recurring[interval]': 'year' }
  await make('prices', { product, lookup_key: MAINTENANCE_LOOKUP_KEY, ...yearly })
  return customer
}

/** Puts into the catalog and among the licenses what the examples of the description name. What is there already stays. */
export async function seedExamples(environment: Environment, customerId: string): Promise<void> {
  const created = await fetch(`${environment.apiUrl}/authlance/license/admin/products`, {
    method: 'POST',
    headers: { authorization: `Bearer ${environment.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(team),
  })
  if (created.status !== 201 && created.status !== 409)
    throw new Error(`the product of the examples was refused: ${await created.text()}`)
  await seedLicenses(environment, customerId)
}

async function seedLicenses({ env, group }: Environment, customerId: string): Promise<void> {
  const { config } = loadConfig({ env, require: ['security', 'mysql'] })
  const keys = openKeyRing(config.security.map((pair) => ({ ...pair, privateKeyPem: pair.privateKeyPem.reveal() })))
  const { db, close } = openDatabase({ ...config.mysql, password: config.mysql.password.reveal() })
  const now = new Date()
  const common: LicenseDraft = {
    issuanceKey: 'examples:perpetual',
    groupName: group,
    email: 'ada@acme.example',
    productId: undefined,
    productSlug: undefined,
    productKey: 'core',
    plan: 'core',
    domain: '.acme.example',
    kind: 'perpetual',
    seats: 5,
    priceLocked: false,
    couponCode: undefined,
    issuedAt: now,
    expiresAt: new Date(PERPETUAL_EXPIRES_AT),
    maintenanceExpiresAt: new Date(now.getTime() + 365 * DAY_MS),
    identity: 'ada',
    stripe: { customerId },
  }
  const subscribed: LicenseDraft = {
    ...common,
    issuanceKey: 'examples:subscription',
    kind: 'subscription',
    expiresAt: new Date(now.getTime() + 365 * DAY_MS),
    maintenanceExpiresAt: undefined,
    stripe: { customerId, checkoutSessionId: 'cs_test_a1', subscriptionId: 'sub_1MowQVLkdIwHu7ix' },
  }
  try {
    const prepared = [await prepareLicense(keys, common, exampleLicense.licenseId), await prepareLicense(keys, subscribed)]
    // A stack that stays has them from the first start.
    for (const { license } of prepared)
      if ((await licenses.findByIssuanceKey(db, license.issuanceKey)) === undefined)
        await inTransaction(db, (tx) => licenses.insert(tx, license))
  } finally {
    await close()
  }
}
