import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { knownKeys } from './known-keys.ts'
import { loadConfig } from './load-config.ts'
import { aFile, aPrivatePem, problemsOf } from './testing/a-config.ts'

const root = join(import.meta.dirname, '../../..')
const path = join(root, 'config/config.example.yaml')

function loadExample() {
  const keys = ['core', 'core_one_off', 'platform', 'platform_one_off', 'suite', 'suite_one_off']
  const env = {
    LICENSEOPERATOR_SECURITY: JSON.stringify(keys.map((key) => ({ product_key: key, private_key_pem: aPrivatePem }))),
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: 'x'.repeat(32),
    LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_abc',
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_abc',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.acme.test',
    LICENSEOPERATOR_NATS_URL: 'nats://localhost:4222',
    LICENSEOPERATOR_MYSQL_DSN: 'app:pw@tcp(localhost)/lo',
  }
  return loadConfig({ path, env })
}

test('the example works once the seven variables it names are set, and is the reference catalog', () => {
  const { config, warnings } = loadExample()
  expect(warnings).toEqual(['stripe.products[0].max_license_total: is not enforced for a subscription'])
  const catalog = config.stripe.products.map(({ product: p }) => [p.slug, p.type, p.unitAmountMinor, p.billingInterval])
  expect(catalog).toEqual([
    ['core', 'subscription', 19_900, 'year'],
    ['core-one-off', 'one_off', 21_900, 'one_time'],
    ['platform', 'subscription', 9900, 'year'],
    ['platform-one-off', 'one_off', 9900, 'one_time'],
    ['suite', 'subscription', 27_900, 'year'],
    ['suite-one-off', 'one_off', 29_900, 'one_time'],
  ])
  expect(config.stripe.products[2]?.coupons).toEqual([
    expect.objectContaining({ code: 'tier10', minManagedProducts: 10, maxPerGroup: 1 }),
  ])
  expect(config.stripe.products[4]?.product.bundledProducts).toEqual([
    { productKey: 'core', quantity: 1 },
    { productKey: 'platform', quantity: 1, managedProducts: 5 },
  ])
})

test('what the example keeps as a comment is right as well', () => {
  const text = readFileSync(path, 'utf8')
  const commented = [...text.matchAll(/^ *# {1,3}([a-z_]+:.*|- \{.*\})$/gm)].map(([, line]) => `${line}`)
  const names = commented.map((line) => line.replace(/:.*/, ''))
  const leaves = new Set(knownKeys().flatMap((key) => key.split('.')))
  expect(names.length).toBeGreaterThan(10)
  for (const name of names.filter((one) => !one.startsWith('-'))) expect(leaves).toContain(name)
  const security: unknown = parse(commented.filter((line) => line.startsWith('-')).join('\n'))
  expect(problemsOf({ ...aFile(), security }, { others: { '/run/secrets/signing_key': aPrivatePem } })).toEqual([])
})

test('the values of the example are the defaults, so that leaving a line out changes nothing', () => {
  const fallback = loadConfig({ env: {}, require: [], readFile: () => ({ text: '', mode: 0 }) }).config
  expect(loadExample().config).toMatchObject(fallback)
})

test('the README names every key', () => {
  const readme = readFileSync(join(root, 'packages/config/README.md'), 'utf8')
  const missing = knownKeys().filter((key) => !key.endsWith('_file') && !readme.includes(`\`${key}`))
  expect(missing).toEqual([])
  const fromFiles = knownKeys().filter((key) => key.endsWith('_file'))
  expect(fromFiles.filter((key) => !readme.includes(`\`${key.replace(/_file$/, '')}\` †`))).toEqual([])
})
