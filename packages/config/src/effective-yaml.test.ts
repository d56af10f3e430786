import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { aFile, aPem, aPrivatePem, load } from './testing/a-config.ts'

const secret = (text: string) => ({ text, mode: 0o600 })

test('a secret in a file of its own is named by that file, from wherever the description is loaded', () => {
  const file = {
    security: [{ product_key: 'core', private_key_pem_file: 'keys/core.pem', public_key_pem: aPem('PUBLIC KEY') }],
    internal_auth: { jwt_secret_file: '/run/secrets/jwt' },
    stripe: { api_key_file: 'api_key', webhook_secret_file: 'webhook', root_app_url: 'https://app.acme.test' },
    nats: { url: 'nats://nats:4222', tls: { ca_file: 'ca.pem' } },
    mysql: { dsn_file: 'dsn' },
  }
  const others = {
    '/etc/licenseoperator/keys/core.pem': secret(aPrivatePem),
    '/run/secrets/jwt': secret('a shared secret of thirty-two bytes'),
    '/etc/licenseoperator/api_key': secret('sk_test_abc'),
    '/etc/licenseoperator/webhook': secret('whsec_abc'),
    '/etc/licenseoperator/ca.pem': secret(aPem('CERTIFICATE')),
    '/etc/licenseoperator/dsn': secret('app:pw@tcp(db)/lo'),
  }
  const loaded = load(file, { others })
  const { yaml, withheld } = loaded.describe()
  expect(withheld).toEqual([])
  expect(yaml).toContain('private_key_pem_file: /etc/licenseoperator/keys/core.pem')
  expect(yaml).toContain('  url: nats://nats:4222\n')
  const again = load(yaml, { others })
  expect(JSON.stringify(again.config)).toBe(JSON.stringify(loaded.config))
  expect(again.config.stripe.apiKey.reveal()).toBe('sk_test_abc')
  expect(again.config.mysql.password.reveal()).toBe('pw')
})

test('a secret that is left out is required when the description is loaded: no placeholder is taken for it', () => {
  const { yaml } = load(aFile()).describe()
  expect(yaml).toContain('  # dsn: app:[secret]@tcp(localhost:3306)/licenses\n')
  expect(() => load(yaml)).toThrow(
    /security\[0\]\.private_key_pem: is required.*internal_auth\.jwt_secret: is required.*stripe\.api_key: is required.*mysql\.dsn: is required/,
  )
})

test.each([
  ['nats://app:pw@nats:4222', '# url: nats://[secret]@nats:4222'],
  ['tls://token@[::1]:4222', '# url: tls://[secret]@[::1]:4222'],
  ['nats://nats:4222', 'url: nats://nats:4222'],
])('%s is described as %s', (url, shown) => {
  expect(load({ ...aFile(), nats: { url } }).describe().yaml).toContain(`\n  ${shown}\n`)
})

test.each([
  ['app:pw@unix(/run/mysqld.sock)/lo', '# dsn: app:[secret]@unix(/run/mysqld.sock)/lo'],
  ['mysql://app:pw@db/lo?ssl=1', '# dsn: app:[secret]@tcp(db:3306)/lo?tls=true'],
  ['app@unix(/run/mysqld.sock)/lo', 'dsn: app@unix(/run/mysqld.sock)/lo'],
])('%s is described as %s', (dsn, shown) => {
  expect(load({ ...aFile(), mysql: { dsn } }).describe().yaml).toContain(`\n  ${shown}\n`)
})

test('it says every default, in the words of the file, and what variables say in the type of the key', () => {
  const { yaml } = load(aFile(), {
    env: { LICENSEOPERATOR_TRIALS_ENABLED: '0', LICENSEOPERATOR_TRIALS_DURATION_HOURS: '24' },
  }).describe()
  expect(parse(yaml)).toMatchObject({
    server: { addr: ':8082', drain_delay: '5s', cors_allowed_origins: [] },
    trials: { enabled: false, duration_hours: 24, cooldown_days: 0 },
    internal_auth: { token_ttl: '5m', required_scopes: {} },
    mysql: { max_open_conns: 10 },
  })
})

test('products keep their words; a key that means nothing, which may be a secret, is left out', () => {
  const products = [
    {
      slug: 'core',
      name: 'Core',
      plan: 'core',
      product_key: 'core',
      unit_amount: 100,
      metadata: { planTier: 'a' },
      'api_key:sk_live_1': 1,
    },
  ]
  const file = { ...aFile(), stripe: { ...Object(aFile().stripe), products, 'api_key:sk_live_2': 1 }, 'x:sk_live_3': 1 }
  const { yaml } = load(file).describe()
  expect(yaml).not.toContain('sk_live')
  expect(parse(yaml).stripe.products[0]).toMatchObject({ unit_amount: 100, metadata: { planTier: 'a' } })
})

test('the description warns of nothing that what it describes does not', () => {
  const loaded = load(aFile())
  expect(loaded.warnings).toEqual([])
  const { yaml } = loaded.describe()
  const env = {
    LICENSEOPERATOR_SECURITY: JSON.stringify(aFile().security),
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: 'a shared secret of thirty-two bytes',
    LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_abc',
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_abc',
    LICENSEOPERATOR_MYSQL_DSN: 'app:pw@tcp(localhost)/lo',
  }
  expect(load(yaml, { env }).warnings).toEqual([])
})

test('only what was asked for is described', () => {
  expect(Object.keys(parse(load(aFile(), { require: ['mysql'] }).describe().yaml))).toEqual(
    expect.not.arrayContaining(['stripe', 'nats', 'security']),
  )
})
