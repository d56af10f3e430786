import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { ConfigError, describeConfigError } from './config-error.ts'
import { knownKeys } from './known-keys.ts'
import { aFile, aFileWith, aPem, errorOf, load } from './testing/a-config.ts'

const CANARY = 'CaNaRy0123456789'
const body = Buffer.from(`${CANARY} and some more of a key`).toString('base64')

const secrets = {
  ...aFile(),
  security: [{ product_key: 'core', private_key_pem: aPem('PRIVATE KEY', body) }],
  internal_auth: { jwt_secret: `${CANARY}${CANARY}` },
  stripe: { api_key: `sk_test_${CANARY}`, webhook_secret: [`whsec_${CANARY}`], root_app_url: 'https://app.acme.test' },
  nats: { url: `nats://app:${CANARY}@nats:4222` },
  mysql: { dsn: `app:${CANARY}@tcp(db)/lo` },
}

/** Every way in which something ends in a log, an error page or a terminal. */
function prints(value: unknown): string {
  const options = { depth: null, showHidden: true, getters: true }
  return [
    String(value),
    `${JSON.stringify(value)}`,
    inspect(value, options),
    inspect({ nested: [value] }, options),
    ...(value instanceof Error
      ? [value.stack ?? '', inspect(value.cause), ...Object.values(value).map((part) => inspect(part, options))]
      : []),
  ].join('\n')
}

function expectNoCanary(text: string): void {
  const base64 = Buffer.from(CANARY).toString('base64').slice(0, 12)
  for (const form of [CANARY.slice(0, 12), CANARY.slice(-12), base64, body.slice(0, 12)]) expect(text).not.toContain(form)
}

test('a loaded configuration prints its secrets as [secret] and reveals them only when asked', () => {
  const loaded = load(secrets)
  const { config, warnings } = loaded
  const { yaml, withheld } = loaded.describe()
  for (const text of [prints(config), prints(loaded), yaml, warnings.join()]) expectNoCanary(text)
  expect(yaml.match(/\[secret\]/g)).toHaveLength(6)
  expect(withheld).toEqual([
    'security[0].private_key_pem',
    'internal_auth.jwt_secret',
    'stripe.api_key',
    'stripe.webhook_secret',
    'nats.url',
    'mysql.dsn',
  ])
  expect(`${config.stripe.apiKey}`).toBe('[secret]')
  expect(config.stripe.apiKey.reveal()).toBe(`sk_test_${CANARY}`)
  expectNoCanary(prints(structuredClone({ ...config.stripe.apiKey })))
})

test.each([
  CANARY,
  `${CANARY}:${CANARY}`,
  `https://${CANARY}@x.test/#y`,
  `sk_live_${CANARY}\n`,
  aPem('PRIVATE KEY', `${body}!`),
  [CANARY],
  { [CANARY]: CANARY },
  [
    {
      product_key: 'x',
      private_key_pem: CANARY,
      [CANARY]: CANARY,
      metadata: { [CANARY]: [CANARY] },
      coupons: [{ code: `${CANARY} x` }],
    },
  ],
])('a secret at any key, misplaced or malformed, is in no error and no warning: %j', (value) => {
  for (const key of knownKeys()) {
    const variable = `LICENSEOPERATOR_${key.toUpperCase().replace('.', '_')}`
    const asText = typeof value === 'string' ? value : JSON.stringify(value)
    for (const attempt of [() => load(aFileWith(key, value)), () => load(aFile(), { env: { [variable]: asText } })]) {
      const error = errorOf(attempt)
      if (error !== undefined) expectNoCanary(prints(error) + describeConfigError(error))
    }
  }
  expectNoCanary(load(aFileWith('trials.nothing', value), { require: [] }).warnings.join())
})

test('an error shows its problems and nothing of the configuration beside them', () => {
  const error = errorOf(() =>
    load({ ...secrets, trials: { enabled: CANARY }, stripe: { ...secrets.stripe, api_base: 'ftp://x' } }),
  )
  expect(error).toBeInstanceOf(ConfigError)
  expectNoCanary(prints(error))
  expect(error?.problems.map((problem) => problem.path)).toEqual(['trials.enabled', 'stripe.api_base'])
})

test('names of unknown keys are printed only when they look like names', () => {
  const { warnings } = load({ ...aFile(), [CANARY]: 1, stripe: { ...secrets.stripe, [`api_key:${CANARY}`]: 1 } })
  expect(warnings).toEqual(['unknown key: stripe.(not a plain name)', 'unknown section: (not a plain name)'])
})
