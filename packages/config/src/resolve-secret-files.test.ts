import { describe, expect, test } from 'vitest'
import { type Config as Loaded, loadConfig } from './load-config.ts'
import { aFile, aFileWith, aPem, aPrivatePem, files, load, problemsOf } from './testing/a-config.ts'

const publicPem = aPem('PUBLIC KEY')
const folder = '/etc/licenseoperator'
const jwt = 'another shared secret of more than 32 bytes'

describe.each([
  ['internal_auth.jwt_secret', jwt, (c: Loaded) => c.internalAuth.jwtSecret.reveal()],
  ['stripe.api_key', 'sk_test_file', (c: Loaded) => c.stripe.apiKey.reveal()],
  ['stripe.webhook_secret', 'whsec_file', (c: Loaded) => c.stripe.webhookSecrets[0]?.reveal()],
  ['nats.url', 'nats://file:4222', (c: Loaded) => c.nats.url.reveal()],
  ['mysql.dsn', 'app:file@tcp(db)/lo', (c: Loaded) => `app:${c.mysql.password.reveal()}@tcp(db)/lo`],
  ['license.public_key_pem', publicPem, (c: Loaded) => c.license.publicKeyPem],
])('%s_file', (key, secret, read) => {
  const variable = `LICENSEOPERATOR_${key.toUpperCase().replace('.', '_')}`
  const withFile = (name: string) => {
    const [section = '', leaf = ''] = key.split('.')
    const without = Object(aFileWith(key, undefined))
    return { ...without, [section]: { ...without[section], [`${leaf}_file`]: name } }
  }

  test('is read beside the configuration file, without the line break at its end', () => {
    expect(read(load(withFile('x.txt'), { others: { [`${folder}/x.txt`]: `${secret.trim()}\n` } }).config)).toBe(secret)
  })

  test('is read from an absolute path, also from the environment, where it replaces what the file has', () => {
    const others = { '/run/secrets/x': secret, '/old': 'unused' }
    const env = { [`${variable}_FILE`]: '/run/secrets/x' }
    for (const file of [aFileWith(key, undefined), aFile(), withFile('/old')])
      expect(read(load(file, { env, others }).config)).toBe(secret)
  })

  test('excludes the key itself, but a variable for the key replaces it', () => {
    const others = { '/x': secret }
    const both = Object(withFile('/x'))
    const [section = '', leaf = ''] = key.split('.')
    const inFile = { ...both, [section]: { ...both[section], [leaf]: secret } }
    const env = { [variable]: secret, [`${variable}_FILE`]: '/x' }
    const message = `${leaf} and ${leaf}_file exclude each other`
    expect(problemsOf(inFile, { others })).toEqual([{ path: key, message }])
    expect(problemsOf(aFileWith(key, undefined), { env, others })).toEqual([
      { path: key, message: `${message} (from ${variable})` },
    ])
    expect(read(load(withFile('/gone'), { env: { [variable]: secret } }).config)).toBe(secret)
  })

  test('that cannot be read is one problem, not also a missing value', () => {
    expect(problemsOf(withFile('/gone'))).toEqual([{ path: `${key}_file`, message: 'the file it names: there is no such file' }])
    expect(problemsOf(withFile(''))).toEqual(problemsOf(aFileWith(key, undefined)))
  })

  test('that others can read is a warning, unless it is public anyway', () => {
    const { warnings } = load(withFile('/x'), { others: { '/x': { text: secret, mode: 0o100640 } } })
    expect(warnings).toEqual(key.endsWith('public_key_pem') ? [] : [`${key}_file: other users of this machine can read the file`])
  })
})

test('keys of the list of signing keys come from files too', () => {
  const security = [
    { product_key: 'core', private_key_pem_file: 'core.pem', public_key_pem_file: 'core.pub' },
    { product_key: 'auth', private_key_pem_file: '/auth.pem' },
  ]
  const others = { [`${folder}/core.pem`]: aPrivatePem, [`${folder}/core.pub`]: publicPem, '/auth.pem': aPrivatePem }
  expect(load({ ...aFile(), security }, { others }).config.security.map((pair) => [pair.productKey, pair.publicKeyPem])).toEqual([
    ['core', publicPem],
    ['auth', undefined],
  ])
  expect(problemsOf({ ...aFile(), security }).map((problem) => problem.path)).toEqual([
    'security[0].private_key_pem_file',
    'security[0].public_key_pem_file',
    'security[1].private_key_pem_file',
  ])
})

test('a configuration file with secrets in it that others can read is a warning', () => {
  const path = '/open.yaml'
  const warned = (text: string) =>
    loadConfig({ path, env: {}, require: [], readFile: files({ [path]: { text, mode: 0o100604 } }) }).warnings
  expect(warned('stripe: { api_key: sk_test_1 }')).toEqual([
    `${path}: holds secrets, and other users of this machine can read it`,
  ])
  expect(warned('stripe: { api_key_file: /run/secrets/key }')).toEqual([])
})
