import { migrate } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { generateSigningKey } from '@licenseoperator/signing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { unheardPurchase } from './a-purchase.ts'
import { run } from './a-terminal.ts'

let database: TestDatabase
let emulator: Emulator
let env: Record<string, string>

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator()])
  const key = await generateSigningKey({ modulusLength: 2048 })
  const core = { slug: 'core', name: 'Core', type: 'one_off', plan: 'core', product_key: 'core', unit_amount: 21_900 }
  env = {
    LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: key.privateKeyPem }]),
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: emulator.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_unused_here',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    LICENSEOPERATOR_STRIPE_PRODUCTS: JSON.stringify([{ ...core, term_duration_days: 365 }]),
    LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '',
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
  }
  await run(['stripe', 'sync-products'], env)
})
afterAll(async () => {
  await emulator.stop()
  await database.drop()
})
beforeEach(async () => {
  for (const table of ['outbox', 'payments', 'licenses', 'stripe_events', 'reservations'])
    await sql`DELETE FROM ${sql.table(table)}`.execute(database.db)
  // Reconciliation would bring the sales of the test before.
  await emulator.control.reset()
  await run(['stripe', 'sync-products'], env)
})

const purchase = () => unheardPurchase(database, emulator)

async function json(line: string) {
  const { code, out, notes } = await run([...line.split(' '), '--json'], env)
  expect({ code, notes }).toEqual({ code: 0, notes: [] })
  return JSON.parse(out.join(''))
}

/** A one-off sale that was served. */
async function sale() {
  await purchase()
  expect((await run(['stripe', 'reconcile', '--since', '1h'], env)).code).toBe(0)
  const license = await database.db.selectFrom('licenses').selectAll().executeTakeFirstOrThrow()
  const payment = await database.db.selectFrom('payments').selectAll().executeTakeFirstOrThrow()
  const product = await database.db.selectFrom('products').selectAll().where('slug', '=', 'core').executeTakeFirstOrThrow()
  return { license, payment, stripeProductId: product.stripe_product_id ?? '' }
}

describe('payments', () => {
  test('a sale that is paid once names its product, and is found by it, with license and plan', async () => {
    const { license, stripeProductId } = await sale()
    expect(stripeProductId).toMatch(/^prod_/)
    const { items } = await json(`payments list --product-id ${stripeProductId}`)
    expect(items).toMatchObject([
      {
        productId: stripeProductId,
        licenseId: license.license_id,
        productSlug: 'core',
        plan: 'core',
        paymentIntentId: expect.any(String),
      },
    ])
    const exported = await run(['payments', 'export', '--out', '-'], env)
    expect([exported.code, exported.notes, exported.out.length]).toEqual([0, [], 2])
    const [header = '', row = ''] = exported.out.join('\n').split('\r\n')
    expect(header.split(',').slice(20)).toEqual([
      'amountRefunded',
      'disputeStatus',
      'amountNet',
      'licenseId',
      'productSlug',
      'plan',
    ])
    expect(row.trim().split(',').slice(-6)).toEqual(['0', '', '21900', license.license_id, 'core', 'core'])
  })

  test('so does one that was recorded by an older release, once the schema is up to date; a renewal of maintenance likewise', async () => {
    const { license, payment, stripeProductId } = await sale()
    await database.db.updateTable('payments').set({ stripe_product_id: null }).execute()
    await database.db
      .insertInto('payments')
      .values({
        payment_key: 'checkout:cs_later',
        issuance_key: `maintenance:${license.license_id}`,
        paid_at: payment.paid_at,
        currency: 'usd',
        amount_subtotal_minor: 100,
        amount_tax_minor: 0,
        amount_total_minor: 100,
        created_at: payment.created_at,
        billing_address: null,
      })
      .execute()
    await sql`DELETE FROM schema_migrations WHERE name LIKE '016%'`.execute(database.db)
    await migrate(database.db)
    const { items } = await json(`payments list --product-id ${stripeProductId}`)
    expect(items.map(({ licenseId }: { licenseId: string }) => licenseId)).toEqual([license.license_id, license.license_id])
  })

  test('what went back is taken off, and a payment intent that Stripe told of later is shown', async () => {
    const { payment } = await sale()
    const told = {
      payment_key: payment.payment_key,
      invoice: null,
      payment_intent: JSON.stringify({ id: 'pi_told' }),
      fetched_at: new Date(),
    }
    await database.db.deleteFrom('payment_details').execute()
    await database.db.insertInto('payment_details').values(told).execute()
    await database.db
      .updateTable('payments')
      .set({ stripe_payment_intent_id: null, amount_refunded_minor: 1900, dispute_status: 'lost', stripe_invoice_id: 'in_lost' })
      .execute()
    const lost = { kind: 'dispute', status: 'lost', stripe_charge_id: 'ch_1', version: 1, updated_at: new Date() } as const
    await database.db
      .insertInto('reversals')
      .values({ ...lost, reversal_id: 'du_1', amount_minor: 5000, stripe_payment_intent_id: null, stripe_invoice_id: 'in_lost' })
      .execute()
    expect((await json('payments list')).items).toMatchObject([
      { paymentIntentId: 'pi_told', amountTotal: 21_900, amountRefunded: 1900, disputeStatus: 'lost', amountNet: 15_000 },
    ])
    expect((await run(['payments', 'list'], env)).out[1]).toMatch(/219\.00 USD +0\.00 USD +19\.00 USD +lost +150\.00 USD +core/)
    // Nobody was told the amount of the dispute: then it took all that was kept. Its payment intent is in nobody's answer but the dispute's.
    await database.db.deleteFrom('payment_details').execute()
    await database.db.updateTable('reversals').set({ status: 'won', stripe_payment_intent_id: 'pi_disputed' }).execute()
    expect((await json('payments list')).items).toMatchObject([{ paymentIntentId: 'pi_disputed', amountNet: 0 }])
    await database.db.deleteFrom('reversals').execute()
  })
})

describe('license list', () => {
  test('finds by what the customer names, and needs no group', async () => {
    const { license, payment } = await sale()
    const wanted = [{ licenseId: license.license_id, email: license.email }]
    await database.db.updateTable('licenses').set({ stripe_invoice_id: 'in_first', stripe_subscription_id: 'sub_1' }).execute()
    const ways = [
      '',
      ` --email ${license.email.toUpperCase()}`,
      ` ${license.email}`,
      ` --id ${license.license_id.slice(0, 10)}`,
      ` ${license.license_id.slice(0, 10)}`,
      ` --customer ${license.stripe_customer_id}`,
      ` ${license.stripe_customer_id}`,
      ` --session ${license.stripe_checkout_session_id}`,
      ` ${license.stripe_checkout_session_id}`,
      ` --payment-intent ${payment.stripe_payment_intent_id}`,
      ` ${payment.stripe_payment_intent_id}`,
      ' --invoice in_first',
      ' sub_1',
      ' --subscription sub_1 --group ACME',
      ' acme',
    ]
    for (const way of ways) expect((await json(`license list${way}`)).items, way).toMatchObject(wanted)
    for (const way of [
      ' --email b@acme.example',
      ' L-9',
      ' cus_0',
      ' cs_0',
      ' pi_0',
      ' in_0',
      ' sub_0',
      ' --id %',
      ' --id _',
      ' --customer küche',
      ' globex',
    ])
      expect((await json(`license list${way}`)).items, way).toEqual([])
    expect((await run(['license', 'list', 'cus_1', '--customer', 'cus_2'], env)).code).toBe(2)
  })

  test('by its payment, where the license itself was not told of the intent and the invoice', async () => {
    const { license, payment } = await sale()
    await database.db.updateTable('licenses').set({ stripe_payment_intent_id: null, stripe_invoice_id: null }).execute()
    const found = await json(`license list ${payment.stripe_payment_intent_id}`)
    expect(found.items).toMatchObject([{ licenseId: license.license_id }])
  })

  test('by the payment of a later renewal of its maintenance', async () => {
    const { license, payment } = await sale()
    const later = { ...payment, billing_address: null, covers_until: null }
    await database.db
      .insertInto('payments')
      .values({
        ...later,
        refunded_in_full: false,
        dispute_status: undefined,
        payment_key: 'invoice:in_later',
        issuance_key: `maintenance:${license.license_id}`,
        stripe_payment_intent_id: 'pi_later',
      })
      .execute()
    for (const way of ['pi_later', 'in_later'])
      expect((await json(`license list ${way}`)).items).toMatchObject([{ licenseId: license.license_id }])
  })
})

test('audit list by a license that a payment brought starts with its issue; one issued by hand shows it once', async () => {
  const { license } = await sale()
  const subject = `license:${license.license_id}`
  await run(['license', 'revoke', license.license_id, '--reason', 'published'], env)
  const entries = await json(`audit list --subject ${subject}`)
  expect(entries.map(({ action }: { action: string }) => action)).toEqual([
    'license.revoked',
    'license.revoked_by_operator',
    'license.issued',
  ])
  expect(entries.at(-1)).toMatchObject({ actor: 'stripe', subject, after: { issuanceKey: license.issuance_key, group: 'acme' } })
  const line = 'license issue --group acme --email a@acme.example --product-key core --persist'
  const byHand = await json(line)
  expect(await json(`audit list --subject license:${byHand.licenseId}`)).toHaveLength(1)
})

test('audit list by a trial shows its issue once, and who did it', async () => {
  const line = 'trial issue --group of-a-trial --domain trial.example --email a@trial.example --product-key core'
  const { licenseId } = await json(line)
  const subject = `license:${licenseId}`
  const entries = await json(`audit list --subject ${subject}`)
  expect(entries).toMatchObject([{ action: 'trial.issued', subject, actor: expect.stringMatching(/^cli:/) }])
})

test('license verify says that nothing was looked up when no revocation list was given', async () => {
  const { license } = await sale()
  const { writeFileSync, mkdtempSync, rmSync } = await import('node:fs')
  const folder = mkdtempSync('/tmp/licenseoperator-find-')
  writeFileSync(`${folder}/a.lic`, license.license_text)
  expect(await json(`license verify ${folder}/a.lic`)).toMatchObject({
    status: 'valid',
    revocation: 'not checked: no list was given with --revocations',
  })
  rmSync(folder, { recursive: true })
})
