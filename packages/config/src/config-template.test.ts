import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { configTemplate } from './config-template.ts'
import { keyMeanings } from './key-meanings.ts'
import { knownKeys } from './known-keys.ts'
import { loadConfig } from './load-config.ts'
import { aFile, aPem, aPrivatePem, load, problemsOf } from './testing/a-config.ts'

const template = configTemplate()
const keys = knownKeys().filter((key) => !key.endsWith('_file'))

/** The template with every setting in force. Prose has one blank behind the #, a setting none, or more within an example. */
const uncommented = template.replaceAll(/^( *)#(?=\S|\s\s)(?!$)/gm, '$1')

const isSecret = (key: string) => knownKeys().includes(`${key}_file`)

test('every key has a meaning, and nothing else has', () => {
  expect(Object.keys(keyMeanings).sort()).toEqual([...keys].sort())
})

test('the README says of each key what the template says', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const items = readme.split(/\n(?=- |\n)/).map((item) => item.replaceAll(/\s+/g, ' '))
  for (const [key, { meaning }] of Object.entries(keyMeanings)) {
    const item = items.find((text) => text.startsWith('- `') && text.split(':')[0]?.includes(`\`${key}`))
    expect(item).toContain(meaning)
  }
})

test('every key is there, required ones to be filled in', () => {
  const settings: unknown = parse(uncommented)
  const at = (path: string) => path.split('.').reduce<unknown>((holder, name) => Object(holder)[name], settings)
  for (const key of keys) expect([key, at(key) === undefined && at(`${key}_file`) === undefined]).toEqual([key, false])
})

test('as it stands exactly what is required is missing', () => {
  expect(problemsOf(template).map(({ path, message }) => `${path} ${message}`)).toEqual([
    'security[0].product_key is required',
    'security[0].private_key_pem is required',
    ...[
      'internal_auth.jwt_secret',
      'stripe.api_key',
      'stripe.webhook_secret',
      'stripe.root_app_url',
      'nats.url',
      'mysql.dsn',
    ].map((key) => `${key} is required`),
  ])
})

test('filled in, it is the defaults', () => {
  const filled = Object.entries({
    product_key: 'core',
    private_key_pem_file: '/key.pem',
    jwt_secret: 'a shared secret of thirty-two bytes',
    api_key: 'sk_test_abc',
    webhook_secret: 'whsec_abc',
    root_app_url: 'https://app.acme.test',
    url: 'nats://localhost:4222',
    dsn: 'app:pw@tcp(localhost:3306)/licenses',
  }).reduce((text, [key, value]) => text.replace(new RegExp(`^([ -]+${key}:)$`, 'm'), `$1 ${value}`), template)
  const { config, warnings } = load(filled, { others: { '/key.pem': aPrivatePem } })
  expect(JSON.stringify(config)).toBe(JSON.stringify(load(aFile()).config))
  expect(warnings).toEqual([])
})

test('what stands behind a # is a default, or would be taken', () => {
  const certificate = aPem('CERTIFICATE')
  const others: Record<string, string> = {
    '/run/secrets/signing_key': aPrivatePem,
    '/etc/licenseoperator/core.pub.pem': aPem('PUBLIC KEY'),
    '/etc/licenseoperator/vendor.pub.pem': aPem('PUBLIC KEY'),
    '/run/secrets/jwt_secret': 'a shared secret of thirty-two bytes',
    '/run/secrets/stripe_api_key': 'sk_test_abc',
    '/run/secrets/stripe_webhook_secret': 'whsec_abc',
    '/run/secrets/nats_url': 'nats://localhost:4222',
    '/run/secrets/nats_nkey_seed': `SU${'A'.repeat(56)}`,
    '/run/secrets/mysql_dsn': 'app:pw@tcp(localhost)/lo',
    ...Object.fromEntries(
      ['nats-ca', 'nats-client', 'mysql-ca', 'mysql-client', 'mail.ca', 'mail.cert'].map((name) => [
        `/etc/licenseoperator/${name}.pem`,
        certificate,
      ]),
    ),
    '/run/secrets/nats_client_key': aPrivatePem,
    '/run/secrets/mysql_client_key': aPrivatePem,
    '/run/secrets/mail_tls_key': aPrivatePem,
    '/run/secrets/mail_password': 'a password',
  }
  const filled = uncommented
    .replace('product_key:\n', 'product_key: core\n')
    .replace('private_key_pem_file:\n', 'private_key_pem_file: /run/secrets/signing_key\n')
    .replace('root_app_url:\n', 'root_app_url: https://app.acme.test\n')
    // A user is named once: by a credentials file or by a seed.
    .replace(/^ *credentials_file: .*\n/m, '')
  const { config, warnings } = load(filled, { others })
  const fallback = loadConfig({ env: {}, require: [], readFile: () => ({ text: '', mode: 0 }) }).config
  for (const section of ['log', 'retention', 'reconcile', 'trials', 'productDisplay', 'licensePolicy'] as const)
    expect(config[section]).toEqual(fallback[section])
  expect(config.stripe.products).toHaveLength(1)
  expect(warnings.filter((warning) => warning.includes('unknown'))).toEqual([])
})

test('a key that can stand in a file shows it', () => {
  for (const key of keys.filter(isSecret)) expect(template).toContain(`${key.split('.').at(-1)}_file:`)
})
