import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './a-terminal.ts'

const PASSWORD = 'hunter2hunter2'
let database: TestDatabase
let emulator: Emulator
let place: string

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator({ recordFile: '' })])
  place = `${database.options.host}:${database.options.port}`
})
afterAll(async () => {
  await Promise.all([database.drop(), emulator.stop()])
})

const dsn = (user: string, password: string, where: string, name: string) => `${user}:${password}@tcp(${where})/${name}`

describe('MySQL', () => {
  const { options } = { options: () => database.options }
  const cases: readonly (readonly [string, () => string, () => string, RegExp, string])[] = [
    ['away', () => dsn('root', PASSWORD, '127.0.0.1:9', 'lo'), () => '127.0.0.1:9', /nothing listens there/, 'ECONNREFUSED'],
    [
      'with a wrong password',
      () => dsn('nobody', PASSWORD, place, options().database),
      () => place,
      /refuses user nobody: the user or the password is wrong/,
      'ER_ACCESS_DENIED_ERROR',
    ],
    [
      'without the database',
      () => dsn(options().user, options().password, place, 'lo_missing'),
      () => place,
      /has no database lo_missing/,
      'ER_BAD_DB_ERROR',
    ],
    [
      'at an unknown host',
      () => dsn('root', PASSWORD, 'nowhere.invalid:3306', 'lo'),
      () => 'nowhere.invalid:3306',
      /host name/,
      '',
    ],
  ]
  test.each(cases)(
    '%s: one sentence with address and cause, the same as JSON, no password',
    async (_what, of, where, says, cause) => {
      const env = { LICENSEOPERATOR_MYSQL_DSN: of() }
      for (const command of [
        ['payments', 'list'],
        ['db', 'status'],
        ['license', 'show', 'L-1'],
        ['audit', 'list'],
      ]) {
        const { code, out, notes } = await run(command, env)
        expect([code, out, notes.length]).toEqual([1, [], 1])
        expect(notes[0]).toMatch(says)
        expect(notes[0]).toContain(`MySQL at ${where()}`)
        const asJson = await run([...command, '--json'], env)
        expect([asJson.code, asJson.out]).toEqual([1, []])
        const said = JSON.parse(asJson.notes.join(''))
        expect(said).toMatchObject({ error: notes[0]?.replace('licenseoperator: ', ''), service: 'MySQL', address: where() })
        expect(said.cause).toContain(cause)
        expect(JSON.stringify([notes, asJson.notes])).not.toContain(PASSWORD)
      }
    },
  )
})

describe('Stripe', () => {
  const stripe = (apiKey: string, apiBase: string) => ({
    LICENSEOPERATOR_STRIPE_API_KEY: apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: apiBase,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_none',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
  })
  const command = ['stripe', 'ensure-webhook', '--public-url', 'https://licenses.example.com']

  test('with a wrong key: it is the key, and not the network', async () => {
    const { code, notes } = await run(command, stripe('sk_test_wrongwrongwrong', emulator.url))
    expect(code).toBe(1)
    expect(notes).toEqual([
      expect.stringMatching(/^licenseoperator: Stripe at http:.* refuses the key: stripe\.api_key is wrong/),
    ])
    expect(notes.join('')).not.toContain('wrongwrongwrong')
  })

  test('that cannot be reached: its address, and as JSON', async () => {
    const env = stripe(emulator.apiKey, 'http://127.0.0.1:9')
    const { code, notes } = await run([...command, '--json'], env)
    expect(code).toBe(1)
    expect(JSON.parse(notes.join(''))).toMatchObject({
      error: expect.stringContaining('Stripe at http://127.0.0.1:9 cannot be reached'),
      service: 'Stripe',
      address: 'http://127.0.0.1:9',
      cause: 'ECONNREFUSED',
    })
  })
})

test.each([
  [['payments', 'list', '--colour', 'red'], 2, 'usage'],
  [['license', 'show'], 2, 'usage'],
  [['payments', 'list'], 78, 'config'],
])('%j --json: the refusal as JSON, exit code %i', async (argv, expected, word) => {
  const { code, out, notes } = await run([...argv, '--json'])
  expect([code, out]).toEqual([expected, []])
  expect(JSON.parse(notes.join(''))).toMatchObject({ error: expect.any(String), code: word })
})
