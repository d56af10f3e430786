import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateSigningKey } from '@licenseoperator/signing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'licenseoperator-config-'))
  const { privateKeyPem } = await generateSigningKey({ modulusLength: 2048 })
  for (const [name, text] of Object.entries({
    'core.key.pem': privateKeyPem,
    api_key: 'sk_test_from_a_file',
    jwt: 'a shared secret of thirty-two bytes',
  }))
    writeFileSync(join(folder, name), text, { mode: 0o600 })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the program in the folder, with nothing of the test's own environment. */
function program(args: string, env: Record<string, string> = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, ...args.split(' ')], {
    cwd: folder,
    encoding: 'utf8',
    env,
  })
  return { stdout, stderr, status }
}

const required = {
  product_key: 'core',
  private_key_pem_file: '../core.key.pem',
  jwt_secret: 'a shared secret of thirty-two bytes',
  api_key: 'sk_test_abc',
  webhook_secret: 'whsec_abc',
  root_app_url: 'https://app.acme.test',
  url: 'nats://localhost:4222',
  dsn: 'app:pw@tcp(localhost:3306)/licenses',
}

describe('init', () => {
  test('a file for its owner alone, where every command looks for it, that works once it is filled in', () => {
    expect(program('config init')).toEqual({
      status: 0,
      stdout: 'file  config/config.yaml\n',
      stderr: 'fill in the keys that have no value; licenseoperator config check names what is missing\n',
    })
    const file = join(folder, 'config/config.yaml')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const empty = program('config check')
    expect(empty.status).toBe(78)
    expect(
      empty.stderr
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.trim().replace(/: .*/, '')),
    ).toEqual([
      'security[0].product_key',
      'security[0].private_key_pem',
      'internal_auth.jwt_secret',
      'stripe.api_key',
      'stripe.webhook_secret',
      'stripe.root_app_url',
      'nats.url',
      'mysql.dsn',
    ])
    const text = Object.entries(required).reduce(
      (filled, [key, value]) => filled.replace(new RegExp(`^([ -]+${key}:)$`, 'm'), `$1 ${value}`),
      readFileSync(file, 'utf8'),
    )
    writeFileSync(file, text)
    expect(program('config check')).toEqual({ status: 0, stdout: 'config  ok\n', stderr: '' })
  })

  test('never over a file that is there; to standard output or another place when told so', () => {
    writeFileSync(join(folder, 'mine.yaml'), 'mine')
    for (const args of ['config init --out mine.yaml', 'config init --config mine.yaml'])
      expect(program(args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('mine.yaml exists already') })
    expect(program('config init', { CONFIG_FILE: 'mine.yaml' }).status).toBe(2)
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('mine')
    expect(program('config init --out other.yaml').status).toBe(0)
    const { stdout, stderr } = program('config init --out -')
    expect({ stdout, stderr }).toEqual({ stdout: readFileSync(join(folder, 'other.yaml'), 'utf8'), stderr: '' })
  })
})

describe('print', () => {
  /** Secrets in files, secrets in the file and secrets in variables. */
  const file = `
security: [{ product_key: core, private_key_pem_file: core.key.pem }]
internal_auth: { jwt_secret_file: jwt, token_ttl: 10m }
stripe:
  api_key_file: api_key
  webhook_secret: whsec_canary_of_the_file
  root_app_url: https://app.acme.test
  products: [{ slug: core, name: Core, plan: core, product_key: core, unit_amount: 100, metadata: { planTier: a } }]
nats: { url: "nats://lo:canary_of_the_url@nats:4222" }
`
  const env = { LICENSEOPERATOR_MYSQL_DSN: 'app:canary_of_the_variable@tcp(db)/lo', LICENSEOPERATOR_TRIALS_DURATION_HOURS: '24' }

  test('what it prints loads again to the same, with the secrets that it left out given by variables and files', () => {
    writeFileSync(join(folder, 'in.yaml'), file, { mode: 0o600 })
    const printed = program('config print --config in.yaml', env)
    expect(printed.status).toBe(0)
    expect(printed.stdout + printed.stderr).not.toContain('canary')
    expect(printed.stderr.trim().split('\n')).toEqual([
      'left out: stripe.webhook_secret; to load this, give LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET or stripe.webhook_secret_file',
      'left out: nats.url; to load this, give LICENSEOPERATOR_NATS_URL or nats.url_file',
      'left out: mysql.dsn; to load this, give LICENSEOPERATOR_MYSQL_DSN or mysql.dsn_file',
    ])
    expect(printed.stdout).toContain(`private_key_pem_file: ${join(folder, 'core.key.pem')}`)
    expect(printed.stdout).toContain('# dsn: app:[secret]@tcp(db:3306)/lo')

    // Elsewhere, so that paths are seen to stand by themselves.
    const elsewhere = mkdtempSync(join(tmpdir(), 'licenseoperator-config-'))
    const again = join(elsewhere, 'again.yaml')
    writeFileSync(again, printed.stdout, { mode: 0o600 })
    writeFileSync(join(elsewhere, 'webhook'), 'whsec_canary_of_the_file', { mode: 0o600 })
    expect(program(`config check --config ${again}`).status).toBe(78)
    const secrets = {
      LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET_FILE: join(elsewhere, 'webhook'),
      LICENSEOPERATOR_NATS_URL: 'nats://lo:canary_of_the_url@nats:4222',
      LICENSEOPERATOR_MYSQL_DSN: env.LICENSEOPERATOR_MYSQL_DSN,
    }
    expect(program(`config check --config ${again}`, secrets)).toEqual({ status: 0, stdout: 'config  ok\n', stderr: '' })
    const asJson = (path: string, variables: Record<string, string>) => program(`config print --json --config ${path}`, variables)
    expect(asJson(again, secrets)).toEqual(asJson('in.yaml', env))
    rmSync(elsewhere, { recursive: true })
  })

  test('--quiet says nothing of what was left out', () => {
    writeFileSync(join(folder, 'in.yaml'), file, { mode: 0o600 })
    expect(program('config print --quiet --config in.yaml', env).stderr).toBe('')
  })
})
