import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { generateSigningKey } from '@licenseoperator/signing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './a-terminal.ts'

const aPayment = {
  issuance_key: 'test:1',
  paid_at: new Date('2026-03-01T09:30:00Z'),
  customer_name: 'Ada Lovelace',
  currency: 'usd',
  amount_subtotal_minor: 100,
  amount_tax_minor: 19,
  amount_total_minor: 119,
  stripe_product_id: 'prod_1',
  created_at: new Date('2026-03-01T09:30:00Z'),
  billing_address: null,
}
let database: TestDatabase
let emulator: Emulator
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator({ recordFile: '' })])
  folder = mkdtempSync(join(tmpdir(), 'licenseoperator-cli-'))
  const key = await generateSigningKey({ modulusLength: 2048 })
  env = {
    USER: 'ops',
    LICENSEOPERATOR_SECURITY: JSON.stringify(
      ['core', 'pro'].map((name) => ({ product_key: name, private_key_pem: key.privateKeyPem })),
    ),
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: emulator.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_none',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
  }
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await Promise.all([database.drop(), emulator.stop()])
})

const cli = (line: string) => run(line.split(' '), env)
async function json(line: string) {
  const { code, out, notes } = await run([...line.split(' '), '--json'], env)
  expect({ code, notes }).toEqual({ code: 0, notes: [] })
  return JSON.parse(out.join('\n'))
}

describe('products', () => {
  test('create, show, list, update: what a flag does not name stays as it was', async () => {
    const created = await json(
      'products create --slug core --name Core --plan core --product-key core --unit-amount 19900 --billing-interval year --trial-period-days 30 --description All',
    )
    expect(created).toMatchObject({ slug: 'core', unitAmount: 19_900, trialPeriodDays: 30, stripePriceId: expect.any(String) })
    expect(await json('products show core')).toEqual(created)
    const updated = await json('products update core --unit-amount 25000')
    expect(updated).toMatchObject({ unitAmount: 25_000, trialPeriodDays: 30, description: 'All', lookupKey: 'core' })
    expect(updated.stripePriceId).not.toBe(created.stripePriceId)
    expect(await json('products list')).toMatchObject({ items: [updated], page: 1, pageSize: 20, total: 1 })
    const table = await cli('products list')
    expect(table.out[0]).toMatch(/^slug +name +type/)
    expect(table.out[1]).toMatch(/^core +Core +subscription +core +core +25000 usd +1 year +yes +admin +0$/)
  })

  test('from a file, with tiers; flags win', async () => {
    const file = join(folder, 'product.json')
    const pricingTiers = [
      { upperBound: 3, amount: 9900 },
      { factor: 0.225, perUnit: true },
    ]
    writeFileSync(
      file,
      JSON.stringify({
        slug: 'tiered',
        name: 'Tiered',
        plan: 'pro',
        productKey: 'pro',
        pricingMode: 'tiered',
        unitAmount: 1,
        pricingTiers,
      }),
    )
    expect(await json(`products create --file ${file} --unit-amount 9900`)).toMatchObject({ unitAmount: 9900, pricingTiers })
  })

  test.each([
    [
      'products create --slug core --name Core --plan core --product-key core --unit-amount 100',
      1,
      'product slug already exists',
    ],
    ['products create --slug x --name X --plan x --product-key nobody --unit-amount 100', 1, 'productKey has no signing key'],
    ['products create --slug X --name X', 2, '--slug'],
    ['products create --slug x --unit-amount 1.5', 2, '--unit-amount must be a whole number'],
    ['products create --slug x --active maybe', 2, '--active must be true or false'],
    ['products create --file /nowhere.json', 2, 'cannot read /nowhere.json'],
    ['products show nobody', 1, 'product not found'],
    ['products list --page 0', 2, '--page'],
  ])('%s: exit code %i, one line', async (line, code, said) => {
    const ran = await cli(line)
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: [] })
    expect(ran.notes).toHaveLength(1)
    expect(ran.notes[0]).toContain(said)
  })
})

test('coupons: create, list, update one field, delete', async () => {
  const created = await json(
    'coupons create core --code tier10 --behavior stripe_promotion --percent-off 25 --duration forever --max-per-group 1',
  )
  expect(created).toMatchObject({
    code: 'tier10',
    maxPerGroup: 1,
    stripePromotion: { percentOff: 25, promotionId: expect.any(String) },
  })
  const updated = await json(`coupons update core ${created.id} --percent-off 30`)
  expect(updated).toMatchObject({ code: 'tier10', maxPerGroup: 1, stripePromotion: { percentOff: 30, duration: 'forever' } })
  expect((await cli('coupons list core')).out[1]).toMatch(/tier10 +stripe_promotion +yes +1 +any +30 %$/)
  expect(await json(`coupons delete core ${created.id}`)).toEqual({ deleted: created.id })
  expect(await json('coupons list core --include-inactive')).toMatchObject({ items: [], total: 0 })
  expect((await cli(`coupons delete core ${created.id}`)).code).toBe(1)
})

test('trial: a new one, then the same; a length of its own; in the list, shown, downloaded', async () => {
  const line = 'trial issue --group acme --domain .acme.test --email owner@acme.test --product-key core --duration-hours 48'
  const first = await json(line)
  expect(first).toMatchObject({ created: true, text: expect.stringContaining('BEGIN LICENSE') })
  expect(await json(line)).toEqual({ ...first, created: false })
  expect((await cli('trial issue --group acme --domain .acme.test --email a@b.test --product-key pro')).code).toBe(1)
  const { items } = await json('license list --group ACME')
  expect(items).toMatchObject([{ licenseId: first.licenseId, status: 'ACTIVE', plan: 'trial', domain: '.acme.test' }])
  const shown = await json(`license show ${first.licenseId}`)
  expect(shown).toMatchObject({ status: 'ACTIVE', kind: 'trial', groupName: 'acme' })
  expect(new Date(shown.expiresAt).getTime() - new Date(shown.issuedAt).getTime()).toBe(48 * 3_600_000)
  const file = join(folder, 'acme.lic')
  expect((await cli(`license download ${first.licenseId} --out ${file}`)).code).toBe(0)
  expect((await cli(`license download ${first.licenseId} --out ${file}`)).code).toBe(2)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(`${(await cli(`license download ${first.licenseId}`)).out.join('\n')}\n`).toBe(first.text)
  expect((await cli('license show L-0000')).notes).toEqual(['licenseoperator: license not found'])
})

describe('payments', () => {
  const columns = /^paidAt,capturedAt,organizationName,/
  beforeAll(async () => {
    const rows = Array.from({ length: 600 }, (_, index) => ({
      ...aPayment,
      payment_key: `invoice:in_${index}`,
      stripe_invoice_id: `in_${index}`,
      group_key: index === 0 ? 'globex' : 'acme',
      group_name: index === 0 ? 'globex' : 'acme',
    }))
    await database.db.insertInto('payments').values(rows).execute()
  })

  test('list: a page as a table, filtered as JSON', async () => {
    expect((await cli('payments list --page-size 2')).out[1]).toMatch(
      /^2026-03-01T09:30:00Z +\w+ +Ada Lovelace +1\.19 USD +0\.19 USD +1\.19 USD +prod_1 +in_\d+$/,
    )
    expect(await json('payments list --group GLOBEX')).toMatchObject({ items: [{ invoiceId: 'in_0' }], total: 1 })
    for (const from of ['2026-02-30', 'yesterday']) {
      const { code, notes } = await cli(`payments list --from ${from}`)
      expect([code, notes]).toEqual([2, [expect.stringContaining('invalid filter: from')]])
    }
    const { notes } = await cli('payments list --from yesterday --json')
    expect(JSON.parse(notes.join(''))).toEqual({ error: expect.stringContaining('from'), code: 'invalid_filter', field: 'from' })
  })

  test('export: to standard output and to a file the same bytes, with a progress bar where somebody watches', async () => {
    const printed = await cli('payments export --out -')
    expect((await cli('payments export')).out).toEqual(printed.out)
    const text = `${printed.out.join('\n')}\n`
    expect(text).toMatch(columns)
    expect(text.split('\r\n')).toHaveLength(602)
    const file = join(folder, 'payments.csv')
    const watched: string[] = []
    const ran = await run(['payments', 'export', '--out', file, '--json'], env, (line) => watched.push(line))
    expect({ code: ran.code, facts: JSON.parse(ran.out.join('')) }).toEqual({ code: 0, facts: { rows: 600, file } })
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(watched.at(-2)).toMatch(/^\[#{30}\] 100 %, 600 of 600$/)
    expect(watched.at(-1)).toBe('')
    expect(printed.notes).toEqual([])
    expect((await cli(`payments export --out ${file}`)).code).toBe(2)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('export: one that breaks off leaves no half of a file behind', async () => {
    const file = join(folder, 'broken.csv')
    const broken = await run(['payments', 'export', '--out', file], env, (line) => {
      if (line !== '') throw new Error('the terminal is gone')
    })
    expect(broken.code).toBe(1)
    expect(existsSync(file)).toBe(false)
    expect((await cli(`payments export --out ${file}`)).code).toBe(0)
  })

  test('verify: a license without a payment says so', async () => {
    const { items } = await json('license list --group acme')
    expect((await cli(`payments verify ${items[0].licenseId}`)).out.join()).toMatch(/recorded +no payment/)
    expect(await json(`payments verify ${items[0].licenseId}`)).toMatchObject({ license: { licenseType: 'subscription' } })
    expect((await cli('payments verify L-0')).code).toBe(1)
  })
})

test.each([
  [
    'products list',
    /^slug,name,type,productKey,plan,pricingMode,currency,unitAmount,/,
    /^core,Core,subscription,core,core,fixed,usd,25000,/m,
  ],
  ['products show core', /^slug,/, /core/],
  ['coupons list core', /^id,code,behavior,active,maxPerGroup,/, undefined],
  [
    'license list',
    /^licenseId,groupName,email,productKey,plan,status,createdAt,exp,domain,stripe\r?$/m,
    /^L-\w+,acme,owner@acme\.test,core,trial,ACTIVE,/m,
  ],
  ['payments list', /^paidAt,organizationName,.*,amountTotal,/, /^2026-03-01T09:30:00Z,\w+,Ada,Lovelace,usd,119,19,,,/m],
  ['audit list', /^id,at,actor,action,subject,before,after\r?$/m, /,cli:ops,product\.created,product:core,,"\{""/m],
  ['events list', /^eventId,type,status,receivedAt,attempts,reason\r?$/m, undefined],
  ['seats', /activeTotal/, undefined],
])('%s --output csv: columns by the names of the JSON, minor units', async (line, header, row) => {
  const { code, out, notes } = await cli(`${line} --output csv`)
  expect({ code, notes }).toEqual({ code: 0, notes: [] })
  expect(out[0]).toMatch(header)
  if (row !== undefined) expect(out.slice(1).join('\n')).toMatch(row)
  for (const printed of out) expect(printed.endsWith('\r')).toBe(true)
})

test('seats, and an audit trail of all of it under the name of whoever sat there', async () => {
  expect(await json('seats')).toMatchObject({ activeCustom: 2, activeConfigManaged: 0, activeTotal: 2 })
  const entries = await json('audit list --limit 100')
  expect(new Set(entries.map((entry: { actor: string }) => entry.actor))).toEqual(new Set(['cli:ops']))
  expect(entries.map((entry: { action: string }) => entry.action)).toEqual(
    expect.arrayContaining(['product.created', 'product.updated', 'coupon.created', 'coupon.deleted', 'trial.issued']),
  )
  const [newest] = entries
  expect(await json(`audit list --before ${newest.id} --limit 1`)).toMatchObject([{ id: newest.id - 1 }])
  const table = await cli('audit list --subject product:core')
  expect(table.out.find((row) => row.includes('product.updated'))).toMatch(/unitAmountMinor/)
})
