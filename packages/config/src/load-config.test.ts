import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, describeConfigError } from './config-error.ts'
import { type Config, loadConfig } from './load-config.ts'
import { aFile, aFileWith, aPrivatePem, errorOf, files, load, problemsOf } from './testing/a-config.ts'

test('every problem is told at once, each with its key path and, for a variable, its name', () => {
  const file = {
    ...aFile(),
    server: { addr: ':70000' },
    security: [{ product_key: 'core', private_key_pem: 'x' }, { product_key: 'core' }],
    stripe: {
      api_key_file: 'missing',
      webhook_secret: '',
      root_app_url: 'javascript:alert(1)',
      products: [{ slug: 'a', coupons: [{}] }],
    },
    nats: 'nats://localhost:4222',
    mysql: { dsn: 'x', dsn_file: 'y' },
  }
  const error = errorOf(() =>
    load(file, { env: { LICENSEOPERATOR_TRIALS_DURATION_HOURS: 'soon', LICENSEOPERATOR_PRODUCT_DISPLAY_FEATURES: 'a,b' } }),
  )
  expect(error?.problems).toEqual([
    { path: 'product_display.features', message: 'must be JSON (from LICENSEOPERATOR_PRODUCT_DISPLAY_FEATURES)' },
    { path: 'stripe.api_key_file', message: 'the file it names: there is no such file' },
    { path: 'mysql.dsn', message: 'dsn and dsn_file exclude each other' },
    { path: 'server.addr', message: 'must be host:port or :port, the port from 0 to 65535' },
    {
      path: 'trials.duration_hours',
      message: 'must be a whole number from 1 to 87600 (from LICENSEOPERATOR_TRIALS_DURATION_HOURS)',
    },
    { path: 'security[0].private_key_pem', message: 'must be an RSA private key in PEM form (PKCS#1 or PKCS#8)' },
    { path: 'security[1].private_key_pem', message: 'is required' },
    { path: 'stripe.webhook_secret', message: 'must not be empty' },
    { path: 'stripe.root_app_url', message: 'must be an absolute http or https URL' },
    { path: 'stripe.products[0].name', message: 'is required' },
    { path: 'stripe.products[0].plan', message: 'is required' },
    { path: 'stripe.products[0].product_key', message: 'is required' },
    { path: 'stripe.products[0].unit_amount', message: 'is required' },
    { path: 'stripe.products[0].coupons[0].code', message: 'is required' },
    { path: 'nats', message: 'must be a map' },
    {
      path: 'mysql.dsn',
      message: 'must be user:password@tcp(host:port)/database or mysql://user:password@host:port/database',
    },
    { path: 'security[1].product_key', message: 'is configured twice' },
  ])
  const lines = describeConfigError(error ?? new ConfigError([])).split('\n')
  expect(lines).toHaveLength(18)
  expect(lines[1]).toBe('  product_display.features: must be JSON (from LICENSEOPERATOR_PRODUCT_DISPLAY_FEATURES)')
})

test('the environment wins over the file, the file over the caller, the caller over the built-in default', () => {
  const path = '/c.yaml'
  const readFile = files({ [path]: 'server: { addr: ":2" }\ntrials: { duration_hours: 3 }' })
  const defaults = { server: { addr: ':1' }, trials: { cooldown_days: 9 }, ingest: { addr: ':7' } }
  const env = { LICENSEOPERATOR_TRIALS_DURATION_HOURS: '4' }
  const { config } = loadConfig({ path, env, require: [], defaults, readFile })
  expect([config.server.addr.port, config.ingest.addr.port, config.trials]).toEqual([
    2,
    7,
    { enabled: true, durationHours: 4, cooldownDays: 9 },
  ])
})

test('the file is the argument, else CONFIG_FILE, else config/config.yaml', () => {
  const readFile = files({
    '/a': 'log: { level: debug }',
    '/b': 'log: { level: warn }',
    'config/config.yaml': 'log: { level: error }',
  })
  const level = (path: string | undefined, env: Record<string, string>) =>
    loadConfig({ path, env, require: [], readFile }).config.log.level
  expect(level('/a', { CONFIG_FILE: '/b' })).toBe('debug')
  expect(level(undefined, { CONFIG_FILE: '/b' })).toBe('warn')
  expect(level(undefined, { CONFIG_FILE: '' })).toBe('error')
})

test('a missing file is an error when it was named, or when something required is missing with it', () => {
  const readFile = files({})
  const problems = (options: Omit<Parameters<typeof loadConfig>[0], 'readFile'>) =>
    errorOf(() => loadConfig({ ...options, readFile }))?.problems
  const missing = { message: 'there is no such file' }
  expect(problems({ path: 'config/config.yaml', env: {}, require: [] })).toEqual([{ path: 'config/config.yaml', ...missing }])
  expect(problems({ env: { CONFIG_FILE: '/x' }, require: [] })).toEqual([{ path: '/x', ...missing }])
  expect(problems({ env: {}, require: ['mysql'] })).toEqual([
    { path: 'config/config.yaml', ...missing },
    { path: 'mysql.dsn', message: 'is required' },
  ])
  expect(problems({ env: {}, require: [] })).toBeUndefined()
  expect(problems({ env: { LICENSEOPERATOR_MYSQL_DSN: 'a:b@tcp(c)/d' }, require: ['mysql'] })).toBeUndefined()
})

test('only the sections that were asked for are looked at', () => {
  const file = { security: [{ product_key: 'core', private_key_pem: aPrivatePem }], mysql: { dsn_file: 'gone' }, stripe: 7 }
  const { config } = load(file, { env: { LICENSEOPERATOR_STRIPE_PRODUCTS: 'no JSON' }, require: ['security'] })
  expect(config.security).toHaveLength(1)
  expect(Object.keys(config)).not.toContain('mysql')
  const typed: 'mysql' extends keyof Config<'security'> ? 'promised' : 'not promised' = 'not promised'
  expect(typed).toBe('not promised')
  const whole: Config = load(aFile()).config
  const part: Config<'security'> = whole
  expect(part.security).toBe(whole.security)
})

test('without a list of sections all of them are required', () => {
  const error = errorOf(() => loadConfig({ env: {}, readFile: files({ 'config/config.yaml': '' }) }))
  expect(error?.problems.map((problem) => problem.path)).toEqual([
    'security',
    'internal_auth.jwt_secret',
    'stripe.api_key',
    'stripe.webhook_secret',
    'stripe.root_app_url',
    'nats.url',
    'mysql.dsn',
  ])
})

test('the configuration cannot be changed, at any depth', () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
  expect(frozen(load(aFile()).config)).toBe(true)
})

test('unknown keys and variables are warnings, and their names are not printed when they could be secrets', () => {
  const file = {
    ...aFileWith('stripe.webhook_secert', 'x'),
    servr: {},
    security: [{ product_key: 'core', private_key_pem: aPrivatePem, note: 'x' }],
    trials: { 'enabled:sk_live_canary': null, sk_live_1canary: 1 },
  }
  const env = {
    LICENSEOPERATOR_SERVER_PORT: '1',
    LICENSEOPERATOR_TEST_MYSQL_DSN: 'x',
    LICENSEOPERATOR_STACK_PROVIDER: 'x',
    PATH: '/',
  }
  expect(load(file, { env }).warnings).toEqual([
    'environment variable LICENSEOPERATOR_SERVER_PORT is not a configuration key',
    'unknown key: security[0].note',
    'unknown key: stripe.webhook_secert',
    'unknown section: servr',
    'unknown key: trials.(not a plain name)',
  ])
})

const warningsOf = (key: string, value: unknown) => load(aFileWith(key, value)).warnings

test.each([['0.0.0.0/0'], ['::/0'], [['10.0.0.0/8', '::/0']], ['192.0.2.1, 0.0.0.0/00']])(
  'trusting everybody about their address is a warning: %j',
  (proxies) => {
    expect(warningsOf('server.trusted_proxies', proxies)).toEqual([expect.stringContaining('believes everybody')])
  },
)

test('so is an https address without any proxy to trust, which this process cannot serve by itself', () => {
  const server = { public_base_url: 'https://licenses.acme.test', admin_addr: '127.0.0.1:9090' }
  expect(warningsOf('server', server)).toEqual([expect.stringContaining('server.trusted_proxies: is empty')])
  expect(warningsOf('server', { ...server, trusted_proxies: ['10.0.0.0/8'] })).toEqual([])
  expect(warningsOf('server', { public_base_url: 'http://localhost:8082' })).toEqual([])
})

test('metrics on the address that the world sees are a warning', () => {
  const server = { public_base_url: 'https://licenses.acme.test', trusted_proxies: ['10.0.0.0/8'] }
  expect(warningsOf('server', server)).toEqual([expect.stringContaining('/metrics and /readyz')])
  expect(warningsOf('server', { ...server, admin_addr: ':9090' })).toEqual([])
})

test.each<[string, object, string[]]>([
  ['neither', {}, ['issuer and audience']],
  ['no audience', { issuer: 'https://id.acme.test', audience: ' ' }, ['audience']],
  ['no issuer', { audience: 'licenses' }, ['issuer']],
  ['both', { issuer: 'https://id.acme.test', audience: 'licenses' }, []],
])('an identity provider whose tokens for others would count is a warning: %s', (_what, more, missing) => {
  const auth = { jwt_secret: 'a shared secret of thirty-two bytes', jwks_url: 'https://id.acme.test/keys', ...more }
  const expected = missing.map((what) => expect.stringContaining(`internal_auth.jwks_url: without ${what} tokens`))
  expect(load(aFileWith('internal_auth', auth)).warnings).toEqual(expected)
})

test('what is allowed but has no effect is a warning', () => {
  const products = [{ slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 100, max_license_total: 1 }]
  const file = {
    ...aFileWith('stripe.products', products),
    retention: { delete_only_trials: false },
    internal_auth: {
      jwt_secret: 'a shared secret of thirty-two bytes',
      required_scopes: { 'catalog:amdin': true, 'payments:read': true },
    },
  }
  expect(load(file).warnings).toEqual([
    'retention.delete_only_trials: false has no effect, paid licenses are never deleted',
    expect.stringContaining('internal_auth.required_scopes: 1 of its names protect nothing'),
    'stripe.products[0].max_license_total: is not enforced for a subscription',
  ])
})

test('defaults that name nothing, perpetual products without a maintenance price and retention are warnings', () => {
  const product = { slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 100 }
  const forever = { ...product, slug: 'forever', type: 'one_off', metadata: { license_type: 'Perpetual' } }
  const auto = {
    ...forever,
    slug: 'auto',
    metadata: { ...forever.metadata, maintenance: 'auto', maintenance_price_lookup_key: 'care' },
  }
  const stripe = {
    ...aFile().stripe,
    products: [product, forever, auto],
    default_subscription_slug: 'forever',
    default_one_off_slug: 'nothing',
  }
  expect(load({ ...aFile(), stripe, retention: { keep_days: 3 } }).warnings).toEqual([
    'retention.keep_days: has no effect, nothing is deleted yet',
    'stripe.default_subscription_slug: names a product of another type',
    'stripe.default_one_off_slug: names no product of this file',
    'stripe.products[1]: is perpetual and has no maintenance price; set stripe.maintenance_price_lookup_key',
  ])
  const right = {
    ...stripe,
    default_subscription_slug: 'core',
    default_one_off_slug: 'auto',
    maintenance_price_lookup_key: 'care',
  }
  expect(load({ ...aFile(), stripe: right }).warnings).toEqual([])
})

test.each(['sk_live_abc', 'rk_live_abc', ' sk_live_abc'])(
  'a live key is refused together with another API address (%j)',
  (key) => {
    const file = {
      ...aFile(),
      stripe: { api_key: key, webhook_secret: 'whsec_w', root_app_url: 'https://a.test', api_base: 'http://localhost:1' },
    }
    expect(problemsOf(file).map((problem) => problem.path)).toEqual(['stripe.api_base'])
    expect(problemsOf({ ...file, stripe: { ...file.stripe, api_base: '' } })).toEqual([])
    expect(problemsOf({ ...file, stripe: { ...file.stripe, api_key: 'sk_test_abc' } })).toEqual([])
    const viaFile = { ...file.stripe, api_key: null, api_key_file: '/key' }
    expect(problemsOf({ ...file, stripe: viaFile }, { others: { '/key': `${key}\n` } }).map((problem) => problem.path)).toEqual([
      'stripe.api_base',
    ])
  },
)

test('the subjects differ, the default one included', () => {
  const same = aFileWith('nats.subject_license_issued', 'licenseoperator.stripe.webhook.event')
  expect(problemsOf(same).map((problem) => problem.path)).toEqual(['nats.subject_stripe_webhook'])
})

test('a real file is read from the disk, with one that others can read as a warning', () => {
  const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'config.yaml')
  writeFileSync(path, 'mysql: { dsn_file: dsn }', { mode: 0o644 })
  writeFileSync(join(folder, 'dsn'), 'app:pw@tcp(db)/lo\n', { mode: 0o640 })
  const { config, warnings } = loadConfig({ path, env: {}, require: ['mysql'] })
  expect(config.mysql.password.reveal()).toBe('pw')
  expect(warnings).toEqual(['mysql.dsn_file: other users of this machine can read the file'])
  expect(errorOf(() => loadConfig({ path: folder, env: {}, require: [] }))?.problems).toEqual([
    { path: folder, message: 'is a directory, not a file' },
  ])
})
