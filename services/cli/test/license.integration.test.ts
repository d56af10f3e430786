import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import {
  generateSigningKey,
  loadSigningKey,
  loadVerificationKey,
  signRevocationList,
  verifyLicense,
} from '@licenseoperator/signing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './a-terminal.ts'

let database: TestDatabase
let folder: string
let publicKeyPem: string
let privateKeyPem: string
/** Signing keys and nothing else: no MySQL, no NATS, no Stripe key. */
let signingOnly: Record<string, string>

beforeAll(async () => {
  database = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'licenseoperator-cli-'))
  const key = await generateSigningKey({ modulusLength: 2048 })
  ;({ publicKeyPem, privateKeyPem } = key)
  signingOnly = { LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'auth', private_key_pem: key.privateKeyPem }]) }
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await database.drop()
})

const written =
  'license issue --group acme --email owner@acme.com --plan alpha --product-key auth --expires 2127-01-01T00:00:00Z'.split(' ')
const withMysql = () => ({ ...signingOnly, LICENSEOPERATOR_MYSQL_DSN: database.dsn })
const stored = async () =>
  (await database.db.selectFrom('licenses').select('license_text as text').execute()).map((row) => row.text)

describe('license issue', () => {
  test('without --persist it prints a valid license and needs neither MySQL nor NATS nor a Stripe key', async () => {
    const { code, out } = await run(written, signingOnly)
    expect(code).toBe(0)
    const verdict = verifyLicense(`${out.join('\n')}\n`, loadVerificationKey(publicKeyPem))
    expect(verdict).toMatchObject({
      status: 'valid',
      license: { group: 'acme', email: 'owner@acme.com', plan: 'alpha', productKey: 'auth' },
    })
    expect(await stored()).toEqual([])
  })

  test('with --persist it is stored as printed, once, however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => run([...written, '--persist', '--json'], withMysql())))
    expect(answers.map((answer) => answer.code)).toEqual(answers.map(() => 0))
    const licenses = answers.map((answer) => JSON.parse(answer.out.join('')))
    expect(licenses.filter((license) => license.created)).toHaveLength(1)
    expect(await stored()).toEqual([licenses[0].text])
    expect(new Set(licenses.map((license) => license.text)).size).toBe(1)
  })

  test.each([['007'], ['1e5'], ['0x10'], ['true']])('a group named %s stays that group', async (group) => {
    const { out } = await run(
      ['license', 'issue', '--group', group, '--email', 'a@b.example', '--product-key', 'auth', '--json'],
      signingOnly,
    )
    expect(JSON.parse(out.join(''))).toMatchObject({ group })
  })

  test.each([
    [['--email', 'nobody'], '--email'],
    [['--expires', '2127-02-30T00:00:00Z'], '--expires'],
    [['--expires', 'tomorrow'], '--expires'],
    [['--seats=-1'], '--seats'],
    [['--domain', 'https://acme.test'], '--domain must be a domain name: the host alone'],
    [['--domain', 'acme.test:8443'], '--domain must be a domain name: without a port'],
    [['--domain', '*.acme.test'], '--domain'],
    [['--domain', 'acme.test.'], '--domain'],
    [['--domain', 'münchen.example'], '--domain must be a domain name: letters outside a-z in their xn-- form'],
    [['--seats', '1.5'], '--seats'],
    [['--plan', ''], '--plan'],
    [['--colour', 'red'], '--colour'],
  ])('%j is refused in one line, with exit code 2 and nothing printed', async (flags, named) => {
    const { code, out, notes } = await run([...written, ...flags], signingOnly)
    expect([code, out, notes.length]).toEqual([2, [], 1])
    expect(notes[0]).toContain(named)
  })

  test.each([
    ['group', 'ac\u001bme'],
    ['group', 'a'.repeat(129)],
    ['group', 'İ'.repeat(128)],
    ['plan', 'al\u0007pha'],
    ['domain', 'a\u0000.test'],
    ['product-key', 'au\u009bth'],
  ])('--%s that decides who or what is meant is refused as in a request: usage, naming the flag', async (flag, value) => {
    const before = await stored()
    const { code, notes } = await run([...written, '--persist', `--${flag}`, value], withMysql())
    expect([code, notes.join('')]).toEqual([2, expect.stringContaining(`--${flag} `)])
    expect(notes.join('')).not.toContain(value)
    expect(await stored()).toEqual(before)
  })

  test('a user whose name no audit log could hold still issues', async () => {
    const { code } = await run([...written, '--group', 'of-a-strange-user', '--persist'], {
      ...withMysql(),
      USER: `\u001b${'u'.repeat(400)}`,
    })
    expect(code).toBe(0)
  })

  test('an end in the past and an unknown product key are refused', async () => {
    expect(await run([...written, '--expires', '2020-01-01T00:00:00Z'], signingOnly)).toMatchObject({ code: 1, out: [] })
    expect(await run([...written, '--product-key', 'other'], signingOnly)).toMatchObject({ code: 1, out: [] })
  })

  test('MySQL that is not there: one line, exit code 1, no password', async () => {
    const env = { ...signingOnly, LICENSEOPERATOR_MYSQL_DSN: 'root:hunter2hunter2@tcp(127.0.0.1:9)/none' }
    const { code, out, notes } = await run([...written, '--persist'], env)
    expect([code, out, notes.length]).toEqual([1, [], 1])
    expect(notes[0]).not.toContain('hunter2')
  })
})

describe('license verify and inspect', () => {
  const file = () => join(folder, 'acme.lic')

  test('against a revocation list: it says which one, that a list is of other products, and who is on it', async () => {
    const { licenseId, text } = JSON.parse((await run([...written, '--json'], signingOnly)).out.join(''))
    writeFileSync(file(), text)
    const [list, publicKey] = [join(folder, 'revocations.txt'), join(folder, 'public.pem')]
    writeFileSync(publicKey, publicKeyPem)
    const against = async (productKeys: string[], ...revokedIds: string[]) => {
      const revoked = revokedIds.map((id) => ({ licenseId: id, revokedAt: '2026-01-01T00:00:00Z', reason: 'refunded' }))
      const payload = { type: 'licenseoperator.revocations' as const, v: 1 as const, number: 7, issuedAt: '2026-01-02T00:00:00Z' }
      writeFileSync(list, await signRevocationList({ ...payload, productKeys, revoked }, loadSigningKey({ privateKeyPem })))
      const argv = ['license', 'verify', file(), '--json', '--revocations', list, '--public-key', publicKey]
      const { code, out } = await run(argv, {})
      const { status, revocation } = JSON.parse(out.join(''))
      return { code, status, revocation }
    }
    const checked = 'checked against list 7 of 2026-01-02T00:00:00Z'
    expect(await against(['auth'], 'L-other')).toEqual({ code: 0, status: 'valid', revocation: checked })
    expect(await against(['auth'], licenseId)).toEqual({ code: 3, status: 'revoked', revocation: checked })
    const other = 'not checked: the list covers core and not auth'
    expect(await against(['core'])).toEqual({ code: 0, status: 'valid', revocation: other })
  })

  test.each<[string, string[], number, string]>([
    ['as it is', [], 0, 'valid'],
    ['for its product', ['--product-key', 'AUTH'], 0, 'valid'],
    ['for another product', ['--product-key', 'core'], 3, 'wrong_product'],
    ['for a domain it is not bound to', ['--domain', 'acme.example'], 3, 'wrong_domain'],
  ])('%s: exit code and word say so', async (_what, flags, expected, status) => {
    writeFileSync(file(), `${(await run(written, signingOnly)).out.join('\n')}\n`)
    const { code, out } = await run(['license', 'verify', file(), '--json', ...flags], signingOnly)
    expect([code, JSON.parse(out.join('')).status]).toEqual([expected, status])
  })

  test('a changed license is not valid; inspect still shows what it says', async () => {
    const text = `${(await run(written, signingOnly)).out.join('\n')}\n`
    const publicKey = join(folder, 'public.pem')
    writeFileSync(publicKey, publicKeyPem)
    // Base64 of base64 can do without any given letter, so the change is at a place.
    writeFileSync(file(), `${text.slice(0, 200)}${text[200] === 'B' ? 'C' : 'B'}${text.slice(201)}`)
    expect(await run(['license', 'verify', file(), '--public-key', publicKey])).toMatchObject({ code: 3 })
    writeFileSync(file(), text)
    const { code, out } = await run(['license', 'inspect', file(), '--json'])
    expect([code, JSON.parse(out.join(''))]).toEqual([0, expect.objectContaining({ status: 'unverified', group: 'acme' })])
  })
})

test('keys generate writes for the owner only and never over an existing file', async () => {
  const out = join(folder, 'signing')
  expect(await run(['keys', 'generate', '--bits', '2048', '--out', out])).toMatchObject({ code: 0 })
  const before = readFileSync(`${out}.key.pem`, 'utf8')
  expect(statSync(`${out}.key.pem`).mode & 0o777).toBe(0o600)
  expect(await run(['keys', 'generate', '--bits', '2048', '--out', out])).toMatchObject({ code: 2, out: [] })
  expect(readFileSync(`${out}.key.pem`, 'utf8')).toBe(before)
  expect(await run(['keys', 'generate', '--bits', '1024'])).toMatchObject({ code: 2, out: [] })
})

describe('license revoke and restore', () => {
  async function aLicense(): Promise<string> {
    const { out } = await run([...written, '--persist', '--json'], withMysql())
    return JSON.parse(out.join('')).licenseId
  }

  test('a revoked license is shown with its reason, and is good again when that is taken back', async () => {
    const id = await aLicense()
    const revoked = await run(['license', 'revoke', id, '--reason', 'key published', '--json'], withMysql())
    expect(revoked.code).toBe(0)
    expect(JSON.parse(revoked.out.join(''))).toMatchObject({ licenseId: id, status: 'REVOKED', revokedReason: 'admin' })
    const shown = await run(['license', 'show', id, '--json'], withMysql())
    expect(JSON.parse(shown.out.join(''))).toMatchObject({ status: 'REVOKED', revocationNote: 'key published' })
    const restored = await run(['license', 'restore', id, '--reason', 'a mistake', '--json'], withMysql())
    expect(JSON.parse(restored.out.join(''))).toMatchObject({ licenseId: id, status: 'ACTIVE' })
    const { out } = await run(['audit', 'list', '--subject', `license:${id}`, '--json'], withMysql())
    const actions = JSON.parse(out.join('')).map((entry: { action: string }) => entry.action)
    expect(actions).toEqual([
      'license.restored',
      'license.restored_by_operator',
      'license.revoked',
      'license.revoked_by_operator',
      'license.issued',
    ])
  })

  test.each([
    ['nobody knows it', ['license', 'revoke', 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD', '--reason', 'x'], 1, 'not found'],
    ['no reason is given', ['license', 'revoke', 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD'], 2, '--reason'],
    ['no license is named', ['license', 'restore', '--reason', 'x'], 2, 'missing required args'],
  ])('%s: refused', async (_what, argv, code, said) => {
    const refused = await run(argv, withMysql())
    expect(refused.code).toBe(code)
    expect(refused.notes.join('\n')).toContain(said)
  })
})
