import { type KeyObject, randomUUID, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { type ProcessDeps, processEvent } from '@licenseoperator/billing'
import { type DatabaseOptions, type Db, inTransaction, openDatabase, reservations } from '@licenseoperator/db'
import { insertProduct } from '@licenseoperator/db/testing'
import { newId, silentLog } from '@licenseoperator/domain'
import { openKeyRing } from '@licenseoperator/licensing'
import { generateSigningKey, loadSigningKey } from '@licenseoperator/signing'
import { createStripe } from '@licenseoperator/stripe'
import { createPool, type Pool } from 'mysql2/promise'
import { checkoutEvent } from './checkout-event.ts'
import { perSecond, perSecondOver, type Result } from './measure.ts'

const CONCURRENCY = 8
/** More than any run uses up; a run that does fails. */
const PREPARED = 6000
const signInThreadPool = promisify(sign)

interface Purchase {
  readonly eventId: string
  readonly reservationId: string
  readonly payload: string
}

/**
 * One-off purchases through the whole processor, against a bare loop that signs and runs the same statements on a plain mysql2 pool: no
 * parsing, no checks, no query builder.
 */
export async function purchases(account: DatabaseOptions, durationMs: number): Promise<Result> {
  const database = openDatabase({ ...account, maxConnections: CONCURRENCY * 2, acquireMs: 30_000, holdMs: 30_000 })
  const { host, port, user, password, database: name } = account
  const pool = createPool({ host, port, user, password, database: name, connectionLimit: CONCURRENCY, timezone: 'Z' })
  const pems = await generateSigningKey({ modulusLength: 2048 })
  const product = await insertProduct(database.db, { slug: 'bench' })
  const deps: ProcessDeps = {
    db: database.db,
    stripe: createStripe({ apiKey: 'sk_test_benchmark' }),
    keys: openKeyRing([{ productKey: 'core', privateKeyPem: pems.privateKeyPem }]),
    policy: { revokeOnFullRefund: true, revokeOnLostDispute: true, revokeOnCancellation: true },
    subjectLicenseIssued: 'bench.license.issued',
    log: silentLog,
    now: () => new Date(),
  }
  const { privateKey } = loadSigningKey(pems)
  try {
    const [ours, floor] = await perSecondOver(2, [
      async () => measured(await prepare(database.db, product.id), durationMs, (one) => processOne(deps, one)),
      async () =>
        measured(await prepare(database.db, product.id), durationMs, (one) => bareOne(pool, privateKey, product.id, one)),
    ])
    return {
      name: 'purchases processed',
      floorName: 'bare loop: sign and the same SQL',
      perSecond: ours ?? 0,
      floorPerSecond: floor ?? 0,
      target: 0.5,
    }
  } finally {
    await pool.end()
    await database.close()
  }
}

function measured(
  prepared: readonly Purchase[],
  durationMs: number,
  work: (purchase: Purchase) => Promise<void>,
): Promise<number> {
  return perSecond(CONCURRENCY, durationMs, async (index) => {
    const purchase = prepared[index]
    if (purchase === undefined) throw new Error('the prepared purchases are used up: raise PREPARED')
    await work(purchase)
  })
}

/** Purchases whose reservations are held, as after their checkouts. */
async function prepare(db: Db, productId: number): Promise<Purchase[]> {
  const prepared: Purchase[] = []
  const now = new Date()
  const expiresAt = new Date(now.getTime() + 86_400_000)
  for (let left = PREPARED; left > 0; left -= 500) {
    await inTransaction(db, async (tx) => {
      for (let index = 0; index < Math.min(500, left); index += 1) {
        const reservationId = newId('reservation')
        await reservations.hold(
          tx,
          { reservationId, productId, takesLicense: false, couponId: undefined, groupKey: 'acme', expiresAt },
          now,
        )
        const event = checkoutEvent(reservationId)
        prepared.push({ eventId: event.id, reservationId, payload: JSON.stringify(event) })
      }
    })
  }
  return prepared
}

async function processOne(deps: ProcessDeps, { payload }: Purchase): Promise<void> {
  const outcome = await processEvent(deps, { payload, receivedAt: new Date(), deliveryCount: 1 })
  if (outcome.kind !== 'processed') throw new Error(`a purchase ended as ${outcome.kind}`)
}

async function bareOne(pool: Pool, privateKey: KeyObject, productId: number, purchase: Purchase): Promise<void> {
  const now = new Date()
  const licenseId = newId('license')
  const key = `bare:${randomUUID()}`
  await pool.query('SELECT * FROM licenses WHERE issuance_key = ?', [key])
  await pool.query('SELECT * FROM products WHERE slug = ?', ['bench'])
  const payload = Buffer.from(JSON.stringify({ licenseId, group: 'acme', plan: 'core', expiresAt: now }))
  const signature = await signInThreadPool('sha256', payload, privateKey)
  const text = `${payload.toString('base64')}\n${signature.toString('base64')}`
  const connection = await pool.getConnection()
  try {
    await connection.query('BEGIN')
    await connection.query(
      `INSERT INTO stripe_events (event_id, type, api_version, status, attempts, payload, received_at, settled_at)
       VALUES (?, 'checkout.session.completed', '2026-10-28.endive', 'processed', 1, ?, ?, ?)`,
      [purchase.eventId, purchase.payload, now, now],
    )
    await connection.query(
      `INSERT INTO licenses (license_id, issuance_key, group_key, group_name, email, product_id, product_slug, product_key, plan, kind, price_locked,
         issued_at, expires_at, key_id, license_text, updated_at)
       VALUES (?, ?, 'acme', 'acme', 'ada@acme.example', ?, 'bench', 'core', 'core', 'one_off', 0, ?, ?, 'key', ?, ?)`,
      [licenseId, key, productId, now, now, text, now],
    )
    await connection.query(
      `UPDATE reservations SET status = 'consumed', settled_at = ? WHERE reservation_id = ? AND status = 'held'`,
      [now, purchase.reservationId],
    )
    await connection.query(
      `INSERT INTO outbox (message_id, subject, payload, created_at) VALUES (?, 'bench.license.issued', ?, ?)`,
      [`bench:${licenseId}`, text, now],
    )
    await connection.query(
      `INSERT INTO audit_log (at, actor, action, subject, \`after\`) VALUES (?, 'stripe', 'license.issued', ?, ?)`,
      [now, key, '{}'],
    )
    await connection.query(
      `INSERT INTO payments (payment_key, issuance_key, paid_at, group_key, group_name, currency, amount_subtotal_minor, amount_tax_minor,
         amount_total_minor, created_at) VALUES (?, ?, ?, 'acme', 'acme', 'usd', 21900, 0, 21900, ?)`,
      [key, key, now, now],
    )
    await connection.query('COMMIT')
  } finally {
    connection.release()
  }
}
