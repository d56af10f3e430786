import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { composeServices, interpolated } from './compose-file.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const file = `${root}docker-compose.yml`
const names = (profile: string) => composeServices(file, profile, {}).map(({ name }) => name)
const byName = (profile: string, env = {}) =>
  Object.fromEntries(composeServices(file, profile, env).map((service) => [service.name, service]))

test('jobs come before what waits for them, and a profile adds its services', () => {
  for (const profile of ['', 'demo', 'live']) {
    const order = names(profile)
    expect(order.indexOf('init')).toBe(0)
    for (const service of ['api', 'webhook-ingest']) expect(order.indexOf(service)).toBeGreaterThan(order.indexOf('migrate'))
  }
  expect(names('').sort()).toEqual(['api', 'init', 'migrate', 'webhook-ingest'])
  expect(names('live').sort()).toEqual(['api', 'catalog', 'init', 'migrate', 'webhook-ingest'])
  expect(names('demo').sort()).toEqual(['api', 'catalog', 'init', 'migrate', 'stripe-emulator', 'webhook-ingest'])
  expect(names('demo').indexOf('catalog')).toBeGreaterThan(names('demo').indexOf('stripe-emulator'))
})

test('without .env the emulator is asked; a key in .env sends everything to Stripe', () => {
  const { api } = byName('demo')
  expect(api?.environment).toMatchObject({
    LICENSEOPERATOR_MYSQL_DSN: 'licenseoperator:licenseoperator@tcp(mysql:3306)/licenseoperator?parseTime=true',
    LICENSEOPERATOR_STRIPE_API_BASE: '',
    LICENSEOPERATOR_STRIPE_API_KEY: '',
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: '',
  })
  const env = { STRIPE_API_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1', MYSQL_PASSWORD: 'of mine' }
  for (const name of ['api', 'webhook-ingest', 'catalog'])
    expect(byName('live', env)[name]?.environment).toMatchObject({
      LICENSEOPERATOR_MYSQL_DSN: 'licenseoperator:of mine@tcp(mysql:3306)/licenseoperator?parseTime=true',
      LICENSEOPERATOR_STRIPE_API_BASE: 'https://api.stripe.com',
      LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_1',
      LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_1',
    })
})

test('only init writes settings, and the emulator never sees them', () => {
  for (const { name, volumes, readOnly } of composeServices(file, 'demo', {})) {
    expect(readOnly).toBe(true)
    if (name === 'init') expect(volumes).toEqual(['settings:/app/config', 'emulator:/app/emulator'])
    else if (name === 'stripe-emulator') expect(volumes).toEqual(['emulator:/app/emulator'])
    else expect(volumes).toEqual(['settings:/app/config:ro'])
  }
})

test('.env.example has every variable that the file reads, and no other', () => {
  const read = new Set([...readFileSync(file, 'utf8').matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
  const example = readFileSync(`${root}.env.example`, 'utf8')
  const explained = new Set([...example.matchAll(/^(\w+)=/gm)].map(([, name]) => name))
  expect(explained).toEqual(new Set([...read, 'COMPOSE_PROFILES']))
})

const variable = (inside: string) => `$\{${inside}}`
test("compose's notation for variables", () => {
  const env = { A: 'a', EMPTY: '' }
  for (const [text, expected] of [
    ['$A {A}', 'a {A}'],
    ['$$A', '$A'],
    [variable('A'), 'a'],
    [variable('GONE'), ''],
    [variable('A:-x'), 'a'],
    [variable('EMPTY:-x'), 'x'],
    [variable('A:+y'), 'y'],
    [variable('EMPTY:+y'), ''],
  ] as const)
    expect(interpolated(text, env)).toBe(expected)
})
