import { describe, expect, test } from 'vitest'
import { knownKeys } from './known-keys.ts'
import { Secret } from './secret.ts'
import { aFileWith, aPem, aPrivatePem, load, problemsOf } from './testing/a-config.ts'

const NONE = Symbol('no default')
const publicPem = aPem('PUBLIC KEY')
const listen = (host: string, port: number) => ({ host, port })

const certificate = aPem('CERTIFICATE')
const creds = `-----BEGIN NATS USER JWT-----
eyJ.eyJ.sig
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
SUAOTHER
------END USER NKEY SEED------`
const seed = `SU${'A'.repeat(56)}`

interface Row {
  /** Where it is in `Config`; the key in camelCase when absent. */
  readonly at?: string
  readonly fallback: unknown
  /** In the file, and what comes of it. */
  readonly value: unknown
  readonly becomes?: unknown
  /** In the environment, and what comes of it. */
  readonly env: string
  readonly becomesFromEnv: unknown
  readonly wrong: readonly unknown[]
  /** Where the problems of `wrong` are, when below the key. */
  readonly wrongAt?: RegExp
  /** What the key needs beside it in its section. */
  readonly beside?: Record<string, unknown>
}

const whole = (fallback: unknown, value: number): Row => ({
  fallback,
  value,
  env: String(value + 1),
  becomesFromEnv: value + 1,
  wrong: ['x', -1, 1.5, true, [1], 1e12, '7 days', Number.NaN],
})
const flag = (fallback: boolean): Row => ({
  fallback,
  value: !fallback,
  env: String(!fallback),
  becomesFromEnv: !fallback,
  wrong: ['yes', 1, [], 'maybe'],
})
const text = (fallback: unknown): Row => ({
  fallback,
  value: ' some text ',
  becomes: 'some text',
  env: 'other',
  becomesFromEnv: 'other',
  wrong: [5, true, ['x'], {}],
})
const url = (fallback: unknown): Row => ({
  fallback,
  value: 'https://acme.test/x',
  env: 'http://127.0.0.1:3000',
  becomesFromEnv: 'http://127.0.0.1:3000',
  wrong: [
    'javascript:alert(1)',
    'https://user@evil.test',
    'https://@evil.test',
    'https://acme.test/#x',
    'https://acme.test#',
    'http://acme.test',
    'http://localhost.evil.test',
    '//acme.test',
    '/x',
    'ftp://acme.test',
    'https:\\\\evil.test',
    'https://acme.test/a b',
    'https://acme.test\n.evil.test',
    5,
  ],
})
const slug: Row = {
  fallback: undefined,
  value: 'core-1',
  env: 'core.2',
  becomesFromEnv: 'core.2',
  wrong: ['Core', '-x', 'a b', 5],
}
const secretValue = (value: string, env: string, wrong: readonly unknown[]): Row => ({
  fallback: NONE,
  value,
  env,
  becomesFromEnv: env,
  wrong,
})

/** The authorities of a connection. */
const tls = (section: string): Record<string, Row> => ({
  [`${section}.tls.ca`]: {
    fallback: undefined,
    value: certificate + certificate,
    env: certificate,
    becomesFromEnv: certificate,
    wrong: ['x', aPrivatePem, certificate + aPrivatePem, publicPem, 5],
  },
})

const rows: Record<string, Row> = {
  'server.addr': {
    fallback: listen('0.0.0.0', 8082),
    value: '127.0.0.1:8083',
    becomes: listen('127.0.0.1', 8083),
    env: '[::1]:1',
    becomesFromEnv: listen('::1', 1),
    wrong: [8082, '8082', 'host', ':70000', ':-1', 'a b:1', 'http://x:1', ':'],
  },
  'server.public_base_url': url(undefined),
  'server.cors_allowed_origins': {
    fallback: [],
    value: ['https://a.test', 'https://b.test/'],
    becomes: ['https://a.test', 'https://b.test'],
    env: 'https://a.test, http://localhost:5173',
    becomesFromEnv: ['https://a.test', 'http://localhost:5173'],
    wrong: [['*'], '*', ['https://a.test/path'], ['null'], ['https://a.test', 5], { a: 1 }, 5],
    wrongAt: /^server\.cors_allowed_origins(\[\d\])?$/,
  },
  'server.trusted_proxies': {
    fallback: [],
    value: ['10.0.0.0/8', '::1'],
    env: '192.0.2.1, 2001:db8::/32',
    becomesFromEnv: ['192.0.2.1', '2001:db8::/32'],
    wrong: ['proxy.local', ['10.0.0.0/33'], ['10.0.0.1/8/8'], '10.0.0.1/', 5, [5], {}],
  },
  'server.admin_addr': {
    at: 'server.adminAddr',
    fallback: undefined,
    value: '127.0.0.1:9090',
    becomes: listen('127.0.0.1', 9090),
    env: ':9091',
    becomesFromEnv: listen('0.0.0.0', 9091),
    wrong: [':65536', 'x', 9090],
  },
  'server.drain_delay': {
    at: 'server.drainDelayMs',
    fallback: 5000,
    value: '0s',
    becomes: 0,
    env: '10s',
    becomesFromEnv: 10_000,
    wrong: [5, '5', '6m', 'soon', true],
  },
  'server.max_connections_per_address': whole(1000, 0),
  'ingest.admin_addr': {
    at: 'ingest.adminAddr',
    fallback: undefined,
    value: 'localhost:0',
    becomes: listen('localhost', 0),
    env: ':9',
    becomesFromEnv: listen('0.0.0.0', 9),
    wrong: [':65536', 'x'],
  },
  'ingest.addr': {
    fallback: listen('0.0.0.0', 8083),
    value: 'localhost:0',
    becomes: listen('localhost', 0),
    env: ':9',
    becomesFromEnv: listen('0.0.0.0', 9),
    wrong: [':65536', 'x'],
  },
  'log.level': { fallback: 'info', value: 'debug', env: 'WARN', becomesFromEnv: 'warn', wrong: ['verbose', 1, true] },
  security: {
    fallback: NONE,
    value: [{ product_key: ' Core ', private_key_pem: aPem('RSA PRIVATE KEY'), public_key_pem: publicPem }],
    becomes: [{ productKey: 'core', privateKeyPem: aPem('RSA PRIVATE KEY'), publicKeyPem: publicPem }],
    env: JSON.stringify([{ product_key: 'auth', private_key_pem: aPrivatePem }]),
    becomesFromEnv: [{ productKey: 'auth', privateKeyPem: aPrivatePem, publicKeyPem: undefined }],
    wrong: [
      [],
      'x',
      [5],
      [{ product_key: 'core' }],
      [{ private_key_pem: aPrivatePem }],
      [{ product_key: 'core', private_key_pem: 'x' }],
      [{ product_key: 'core', private_key_pem: publicPem }],
      [{ product_key: 'core', private_key_pem: aPem('EC PRIVATE KEY') }],
      [{ product_key: 'core', private_key_pem: aPem('ENCRYPTED PRIVATE KEY') }],
      [{ product_key: 'core', private_key_pem: `${aPrivatePem}${aPrivatePem}` }],
      [{ product_key: 'core', private_key_pem: aPrivatePem, public_key_pem: aPrivatePem }],
      [{ product_key: 'core', private_key_pem: aPrivatePem, public_key_pem: `${publicPem}${aPrivatePem}` }],
      [
        { product_key: 'core', private_key_pem: aPrivatePem },
        { product_key: ' CORE', private_key_pem: aPrivatePem },
      ],
    ],
    wrongAt: /^security(\[\d\](\.(product_key|private_key_pem|public_key_pem))?)?$/,
  },
  'internal_auth.jwt_secret': secretValue('0123456789abcdef0123456789abcdeF', `${'\u00e9abcdefgh'.repeat(3)}12`, [
    'short',
    'a shared secret of 31 bytes, no',
    ' '.repeat(34),
    `short${' '.repeat(34)}`,
    `0123456789abcdefghijklmnopqrstu${' '.repeat(8)}`,
    '1101000110010111010011100010110100101',
    'x'.repeat(34),
    '\u00e9'.repeat(16),
    'abcdefgh'.repeat(4),
    'abababa'.repeat(6),
    `-----BEGIN PUBLIC KEY-----${'x'.repeat(32)}`,
    5,
    '',
  ]),
  'internal_auth.issuer': text(undefined),
  'internal_auth.audience': text(undefined),
  'internal_auth.require_issuer_and_audience': flag(false),
  'internal_auth.jwks_url': url(undefined),
  'internal_auth.jwks_algorithms': {
    fallback: ['RS256', 'ES256', 'EdDSA'],
    value: ['RS256'],
    env: 'es256, EdDSA',
    becomesFromEnv: ['ES256', 'EdDSA'],
    wrong: ['HS256', ['HS256'], ['none'], [], '', 5, [5], {}],
  },
  'internal_auth.required_scopes': {
    fallback: {},
    value: { 'catalog:admin': true },
    env: '{"licenses:read":true,"trials:issue":false}',
    becomesFromEnv: { 'licenses:read': true, 'trials:issue': false },
    wrong: ['catalog:admin', ['catalog:admin'], { 'catalog:admin': 'maybe' }],
  },
  'internal_auth.token_ttl': {
    at: 'internalAuth.tokenTtlMs',
    fallback: 300_000,
    value: '120m',
    becomes: 7_200_000,
    env: '1h30m',
    becomesFromEnv: 5_400_000,
    wrong: [5, '5', '0', 0, 'soon', '1ms', true],
  },
  'stripe.api_key': secretValue('sk_test_1', 'rk_test_2', ['', ' ', 5, ['x']]),
  'stripe.webhook_secret': {
    at: 'stripe.webhookSecrets',
    fallback: NONE,
    value: ['whsec_1', 'whsec_2'],
    env: 'whsec_3, whsec_4 whsec_5',
    becomesFromEnv: ['whsec_3', 'whsec_4', 'whsec_5'],
    wrong: ['', [], ' , ', 5, [5], 'x', 'whsec_', 'whsec_real,a', ['whsec_real', ''], ['whsec_real', ' '], 'whsec_ä'],
  },
  'stripe.ensure_webhook': flag(false),
  'stripe.require_group_name': flag(true),
  'stripe.root_app_url': url(NONE),
  'stripe.success_base_url': url('https://app.acme.test'),
  'stripe.frontend_base_path': {
    fallback: '',
    value: 'dashboard',
    env: '/billing/',
    becomesFromEnv: '/billing/',
    // The long one is refused at once: a pattern that backtracks would take years.
    wrong: ['//evil.test', 'https://evil.test', 'a b', `/${'a'.repeat(64)}!`, 5],
  },
  'stripe.portal_return_url': url('https://app.acme.test'),
  'stripe.sync_products_on_startup': flag(false),
  'stripe.enable_automatic_taxes': flag(false),
  'stripe.trial_period_days': whole(0, 30),
  'stripe.default_subscription_slug': slug,
  'stripe.default_one_off_slug': slug,
  'stripe.maintenance_price_lookup_key': { ...text(undefined), wrong: [5, 'x'.repeat(201)] },
  'stripe.api_base': {
    fallback: undefined,
    value: 'http://emulator:12111',
    env: 'https://emulator.test',
    becomesFromEnv: 'https://emulator.test',
    wrong: ['emulator:12111', 'ftp://x.test', 'http://u:p@x.test', 'http://x.test/#y', 5],
  },
  'stripe.products': {
    fallback: [],
    value: [],
    env: JSON.stringify([{ slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 100 }]),
    becomesFromEnv: [expect.objectContaining({ coupons: [] })],
    wrong: ['x', {}, [5]],
    wrongAt: /^stripe\.products(\[0\])?$/,
  },
  'nats.url': secretValue('nats://u:p@nats:4222', 'tls://nats.test', [
    'localhost:4222',
    'http://nats:4222',
    'nats://',
    'nats://h:70000',
    'nats://h/x',
    5,
    '',
  ]),
  'nats.credentials': {
    fallback: undefined,
    value: creds,
    env: creds.replace('OTHER', 'ANOTHER'),
    becomesFromEnv: creds.replace('OTHER', 'ANOTHER'),
    wrong: ['SU', 5, ['x'], '-----BEGIN NATS USER JWT-----', '/run/secrets/nats.creds'],
  },
  'nats.nkey_seed': {
    fallback: undefined,
    value: ` ${seed} `,
    becomes: seed,
    env: seed,
    becomesFromEnv: seed,
    wrong: ['SU', `SA${'A'.repeat(56)}`, `U${'A'.repeat(55)}`, 5, `${seed}A`],
  },
  'nats.replicas': { ...whole(1, 3), wrong: [0, 6, 'x', 1.5] },
  ...tls('nats'),
  ...tls('mysql'),
  'nats.subject_license_issued': {
    fallback: 'licenseoperator.license.issued',
    value: 'a.b',
    env: 'prefix.x_y-1',
    becomesFromEnv: 'prefix.x_y-1',
    wrong: ['a.>', '*', 'a..b', '.a', 'a b', 'a'.repeat(201), 5, ''],
  },
  'nats.subject_stripe_webhook': {
    fallback: 'licenseoperator.stripe.webhook.event',
    value: 'a.b',
    env: 'c',
    becomesFromEnv: 'c',
    wrong: ['a.*', 'licenseoperator.license.issued'],
  },
  'nats.license_issued_retention': {
    fallback: 'limits',
    value: 'workqueue',
    env: 'workqueue',
    becomesFromEnv: 'workqueue',
    wrong: ['interest', 1],
  },
  'mysql.dsn': {
    at: 'mysql.host',
    fallback: NONE,
    value: 'app:pw@tcp(db:3306)/lo?parseTime=true',
    becomes: 'db',
    env: 'mysql://app:pw@other/lo',
    becomesFromEnv: 'other',
    wrong: ['db:3306', '', 5, 'app:pw@tcp(db:70000)/lo'],
  },
  'mysql.max_open_conns': whole(10, 20),
  'mysql.max_idle_conns': whole(5, 8),
  'retention.keep_days': whole(30, 0),
  'retention.delete_only_trials': flag(true),
  'retention.schedule_cron': {
    fallback: '0 3 * * *',
    value: '*/5 1-3 * * 0',
    env: '1 2 3 4 5',
    becomesFromEnv: '1 2 3 4 5',
    wrong: ['daily', '* * * *', '60 * * * *', 5],
  },
  'reconcile.schedule_cron': {
    fallback: '17 * * * *',
    value: '',
    env: '1 2 3 4 5',
    becomesFromEnv: '1 2 3 4 5',
    wrong: ['daily', '* * * *', '60 * * * *', 5],
  },
  'reconcile.window': {
    at: 'reconcile.windowMs',
    fallback: 259_200_000,
    value: '24h',
    becomes: 86_400_000,
    env: '48h',
    becomesFromEnv: 172_800_000,
    wrong: ['soon', '30m', '721h', 5],
  },
  'trials.enabled': flag(true),
  'trials.duration_hours': { ...whole(8, 24), wrong: [0, '0', 'x'] },
  'trials.cooldown_days': whole(0, 90),
  'mail.host': {
    beside: { from: 'licenses@acme.test' },
    fallback: undefined,
    value: ' smtp.acme.test ',
    becomes: 'smtp.acme.test',
    env: '127.0.0.1',
    becomesFromEnv: '127.0.0.1',
    wrong: ['smtp acme', 'smtp://acme.test', 'a\nb', 5, ['x']],
  },
  'mail.port': { ...whole(undefined, 2525), wrong: [0, 65_536, 'x', 1.5] },
  'mail.secure': { fallback: 'starttls', value: 'tls', env: 'NONE', becomesFromEnv: 'none', wrong: ['ssl', true, 5] },
  'mail.user': text(undefined),
  'mail.password': { ...secretValue('pw', 'other', [' ', 5, ['x']]), fallback: undefined },
  ...tls('mail'),
  'mail.from': {
    fallback: undefined,
    value: ' License Desk <licenses@acme.test> ',
    becomes: { name: 'License Desk', address: 'licenses@acme.test' },
    env: 'licenses@acme.test',
    becomesFromEnv: { name: undefined, address: 'licenses@acme.test' },
    wrong: [
      'License Desk',
      'a@b@c',
      'Desk <x>',
      'Desk\r\nBcc: evil@x.test <a@acme.test>',
      'Desk <a@acme.test\nBcc: x@evil.test>',
      'Desk <a@acme.test>, b@acme.test',
      '"Desk" <a@acme.test>',
      5,
    ],
  },
  'mail.templates': text(undefined),
  'mail.locale': {
    fallback: 'en',
    value: 'de-AT',
    env: 'fr',
    becomesFromEnv: 'fr',
    wrong: ['../x', 'e', 'de_AT', 'en-a', 'abcd', 'de-DE-DE', '', 5],
  },
  'mail.link_base_url': url(undefined),
  'mail.link_ttl': {
    at: 'mail.linkTtlMs',
    fallback: 7_776_000_000,
    value: '24h',
    becomes: 86_400_000,
    env: '48h',
    becomesFromEnv: 172_800_000,
    wrong: ['soon', '30m', '90d', 5],
  },
  'product_display.description': text(''),
  'product_display.features': {
    fallback: [],
    value: ['Fast, and safe'],
    env: '["A","B"]',
    becomesFromEnv: ['A', 'B'],
    wrong: ['A', { a: 1 }, [1]],
  },
  'license_policy.default_plan': {
    fallback: 'subscription',
    value: 'Pro',
    becomes: 'pro',
    env: 'alpha',
    becomesFromEnv: 'alpha',
    wrong: [5, ''],
  },
  'license_policy.default_term_days': whole(365, 30),
  'license_policy.default_price_locked': flag(false),
  'license_policy.revoke_on_full_refund': flag(true),
  'license_policy.revoke_on_lost_dispute': flag(true),
  'license_policy.revoke_on_cancellation': flag(true),
  'license.file_path': text(undefined),
  'license.expected_domain': text(undefined),
  'license.grace_days': whole(0, 45),
  'license.refresh_interval': {
    at: 'license.refreshIntervalMs',
    fallback: 1_800_000,
    value: '15m',
    becomes: 900_000,
    env: '1.5s',
    becomesFromEnv: 1500,
    wrong: ['5', 5, '0', '501h', ''],
  },
  'license.public_key_pem': {
    fallback: undefined,
    value: aPem('CERTIFICATE'),
    env: publicPem,
    becomesFromEnv: publicPem,
    wrong: ['x', aPrivatePem, aPem('PUBLIC KEY', '!'), 5],
  },
}

test('the table has a row for every key', () => {
  expect(Object.keys(rows).sort()).toEqual(
    knownKeys()
      // A client certificate needs its key and a key its certificate: connection-leaves.test.ts.
      .filter((key) => !key.endsWith('_file') && !/\.tls\.(cert|key)$/.test(key))
      .sort(),
  )
})

describe.each(Object.entries(rows))('%s', (key, row) => {
  const variable = `LICENSEOPERATOR_${key.toUpperCase().replaceAll('.', '_')}`
  const at = row.at ?? key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const read = (...input: Parameters<typeof load>) => revealed(valueAt(load(...input).config, at))
  const fileWith = (value: unknown): Record<string, unknown> => {
    const file = aFileWith(key, value)
    const [section = ''] = key.split('.')
    return row.beside === undefined ? file : { ...file, [section]: { ...row.beside, ...Object(file[section]) } }
  }
  const without = fileWith(undefined)

  test('default', () => {
    if (row.fallback === NONE) expect(problemsOf(without).map((problem) => problem.path)).toContain(key)
    else expect(read(without)).toEqual(row.fallback)
  })

  test('from the file', () => {
    expect(read(fileWith(row.value))).toEqual(row.becomes ?? row.value)
  })

  test('from the environment, over the file', () => {
    expect(read(fileWith(row.value), { env: { [variable]: row.env } })).toEqual(row.becomesFromEnv)
  })

  test('what is in force, described, loads again to the same', () => {
    const fromFile = load(fileWith(row.value))
    const fromEnvironment = load(without, { env: { [variable]: row.env } })
    expect(reloaded(fromFile, key, row.value)).toEqual(revealed(fromFile.config))
    expect(reloaded(fromEnvironment, key, row.env)).toEqual(revealed(fromEnvironment.config))
  })

  test('nothing behind the key, or an empty variable, means the default', () => {
    if (row.fallback === NONE) expect(problemsOf(fileWith(null)).map((problem) => problem.path)).toContain(key)
    else expect(read(fileWith(null), { env: { [variable]: '' } })).toEqual(row.fallback)
  })

  test.each(row.wrong.map((value) => [value]))('%j is refused, at that key alone', (value) => {
    const paths = problemsOf(fileWith(value)).map((problem) => problem.path)
    expect(paths).not.toEqual([])
    for (const path of paths) expect(path).toMatch(row.wrongAt ?? new RegExp(`^${key.replaceAll('.', '\\.')}$`))
  })
})

/** What the description of a configuration loads to, with its secrets, and no others, from the environment. */
function reloaded({ describe: described }: ReturnType<typeof load>, key: string, value: unknown): unknown {
  const { yaml, withheld } = described()
  const own = aFileWith(key, value)
  const env = withheld.map((path) => {
    const secret = path.startsWith('security') ? valueAt(own, 'security') : valueAt(own, path)
    const name = `LICENSEOPERATOR_${path.replace(/\[.*/, '').toUpperCase().replaceAll('.', '_')}`
    if (path.startsWith('security') && typeof secret !== 'string') return [name, JSON.stringify(secret)]
    return [name, Array.isArray(secret) ? secret.join(' ') : secret]
  })
  return revealed(load(yaml, { env: Object.fromEntries(env) }).config)
}

function valueAt(holder: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => Object(value)[name], holder)
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal()
  if (Array.isArray(value)) return value.map(revealed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revealed(part)]))
}
