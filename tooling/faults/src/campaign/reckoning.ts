import { openDatabase } from '@licenseoperator/db'
import { accountOf } from '@licenseoperator/db/testing'
import type { Environment } from '@licenseoperator/demo'
import { LicenseIssued } from '@licenseoperator/events'
import { loadVerificationKey, verifyLicense } from '@licenseoperator/signing'
import { sql } from 'kysely'
import { connect } from 'nats'
import { z } from 'zod'

const SUBJECT = 'licenseoperator.license.issued'

const Ledger = z.object({
  checkout_sessions: z.array(
    z.object({
      id: z.string(),
      mode: z.string(),
      status: z.string(),
      payment_status: z.string(),
      payment_intent: z.string().nullable(),
    }),
  ),
  invoices: z.array(
    z.object({
      status: z.string(),
      parent: z.object({ subscription_details: z.object({ subscription: z.string() }) }).nullable(),
      lines: z.object({ data: z.array(z.object({ period: z.object({ start: z.number() }) })) }),
    }),
  ),
  charges: z.array(z.object({ payment_intent: z.string().nullable(), refunded: z.boolean() })),
})

/** Our books beside Stripe's: what is wrong is a sentence with the ids. */
export interface Reckoning {
  readonly due: number
  readonly licenses: number
  readonly announced: number
  /** Licenses whose announcement is kept back. */
  readonly withheld: readonly string[]
  readonly wrong: readonly string[]
}

interface Row {
  readonly license_id: string
  readonly issuance_key: string
  readonly license_text: string
  readonly revoked: number
}

/**
 * Compares what was paid at Stripe with what is stored and announced. Ground truth is the emulator's ledger.
 *
 * - every paid session and invoice has exactly one license, and no license is without one;
 * - every license was announced exactly once, with the bytes that are stored, and its signature verifies; one that was revoked when it was made (its refund
 *   was told of first) is kept back instead, and nothing else is;
 * - what was refunded in full is revoked, and nothing else;
 * - every event answered with 2xx is stored in a final state, and none is parked;
 * - every license has its payment and its audit row; nothing waits in the outbox;
 * - a capped product's counter is what was sold plus what is held, and not above the cap.
 */
export async function reckon(environment: Environment): Promise<Reckoning> {
  const ledger = Ledger.parse(await environment.control.state())
  const answered = new Set(
    (await environment.control.deliveries())
      .filter(({ status }) => status !== null && status < 300)
      .map(({ eventId }) => eventId),
  )
  const announced = await announcements(environment.stack.natsUrl)
  const database = openDatabase(accountOf(environment.stack.mysqlDsn))
  try {
    const { db } = database
    const { rows: licenses } = await sql<Row>`
      SELECT license_id, issuance_key, license_text, revoked_at IS NOT NULL AS revoked FROM licenses`.execute(db)
    const { rows: events } = await sql<{ event_id: string; status: string; reason: string | null }>`
      SELECT event_id, status, reason FROM stripe_events`.execute(db)
    const { rows: caps } = await sql<{ slug: string; cap: number; taken: number; sold: number; held: number }>`
      SELECT slug, max_license_total AS cap, licenses_taken AS taken,
        (SELECT COUNT(*) FROM licenses l WHERE l.product_id = p.id AND l.revoked_at IS NULL) AS sold,
        (SELECT COUNT(*) FROM reservations r WHERE r.product_id = p.id AND r.status = 'held' AND r.takes_license) AS held
      FROM products p WHERE max_license_total IS NOT NULL`.execute(db)
    const count = async (query: ReturnType<typeof sql<{ n: number }>>) => Number((await query.execute(db)).rows[0]?.n)
    const { rows: kept } = await sql<{ license_id: string }>`SELECT license_id FROM withheld_announcements`.execute(db)
    const withheld = new Set(kept.map((one) => one.license_id))
    const told = licenses.filter((one) => !withheld.has(one.license_id))
    const due = dueKeys(ledger)
    return {
      due: due.length,
      licenses: licenses.length,
      announced: announced.length,
      withheld: [...withheld],
      wrong: [
        ...sameSet(
          'license',
          due,
          licenses.map((one) => one.issuance_key),
        ),
        ...sameSet(
          'announcement',
          told.map((one) => one.license_id),
          announced.map((one) => one.licenseId),
        ),
        ...bytes(told, announced, environment.publicKeyPem),
        ...licenses
          .filter((one) => withheld.has(one.license_id) && Number(one.revoked) === 0)
          .map((one) => `${one.license_id} is good and kept back`),
        ...sameSet(
          'revocation',
          refundedKeys(ledger),
          licenses.filter((one) => Number(one.revoked) === 1).map((one) => one.issuance_key),
        ),
        ...eventsLost(answered, events),
        ...events.filter(({ status }) => status === 'parked').map(({ event_id, reason }) => `${event_id} is parked: ${reason}`),
        ...some(
          'licenses without a payment',
          await count(sql`
          SELECT COUNT(*) AS n FROM licenses l WHERE NOT EXISTS (SELECT 1 FROM payments p WHERE p.issuance_key = l.issuance_key)`),
        ),
        ...some(
          'licenses beside those the audit log tells of',
          licenses.length - (await count(sql`SELECT COUNT(*) AS n FROM audit_log WHERE action = 'license.issued'`)),
        ),
        ...some('announcements that wait', await count(sql`SELECT COUNT(*) AS n FROM outbox WHERE published_at IS NULL`)),
        ...caps.flatMap(({ slug, cap, taken, sold, held }) => [
          ...(Number(sold) + Number(held) > cap ? [`${slug}: ${sold} sold and ${held} held of ${cap}`] : []),
          ...(Number(taken) === Number(sold) + Number(held)
            ? []
            : [`${slug}: the counter is ${taken}, sold ${sold}, held ${held}`]),
        ]),
      ],
    }
  } finally {
    await database.close()
  }
}

function dueKeys(ledger: z.infer<typeof Ledger>): string[] {
  const sessions = ledger.checkout_sessions
    .filter((session) => session.mode === 'payment' && session.status === 'complete' && session.payment_status === 'paid')
    .map(({ id }) => `checkout:${id}`)
  const periods = ledger.invoices
    .filter(({ status }) => status === 'paid')
    .map(({ parent, lines }) => `subscription:${parent?.subscription_details.subscription}:${lines.data[0]?.period.start}`)
  return [...sessions, ...periods]
}

function refundedKeys(ledger: z.infer<typeof Ledger>): string[] {
  const refunded = new Set(ledger.charges.filter((charge) => charge.refunded).map((charge) => charge.payment_intent))
  return ledger.checkout_sessions
    .filter(({ payment_intent }) => payment_intent !== null && refunded.has(payment_intent))
    .map(({ id }) => `checkout:${id}`)
}

/** Each exactly once on both sides. */
function sameSet(what: string, wanted: readonly string[], found: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const key of found) counts.set(key, (counts.get(key) ?? 0) + 1)
  const due = new Set(wanted)
  return [
    ...(due.size === wanted.length ? [] : [`${what}: the ledger names one twice`]),
    ...wanted.filter((key) => !counts.has(key)).map((key) => `${what} missing: ${key}`),
    ...[...counts].filter(([key]) => !due.has(key)).map(([key]) => `${what} not due: ${key}`),
    ...[...counts].filter(([, times]) => times > 1).map(([key, times]) => `${what} ${times} times: ${key}`),
  ]
}

function bytes(licenses: readonly Row[], announced: readonly LicenseIssued[], publicKeyPem: string): string[] {
  const key = loadVerificationKey(publicKeyPem)
  const texts = new Map(announced.map(({ licenseId, licenseText }) => [licenseId, licenseText]))
  return licenses.flatMap(({ license_id, license_text }) => {
    const { status } = verifyLicense(license_text, key)
    return [
      ...(status === 'valid' || status === 'not_yet_valid' ? [] : [`${license_id} is ${status}`]),
      ...(texts.get(license_id) === license_text ? [] : [`${license_id} was announced with other bytes`]),
    ]
  })
}

function eventsLost(answered: ReadonlySet<string>, events: readonly { event_id: string; status: string }[]): string[] {
  const final = new Set(events.filter(({ status }) => status !== 'received').map(({ event_id }) => event_id))
  return [...answered].filter((id) => !final.has(id)).map((id) => `${id} was acknowledged and is lost`)
}

const some = (what: string, n: number): string[] => (n === 0 ? [] : [`${n} ${what}`])

async function announcements(natsUrl: string): Promise<LicenseIssued[]> {
  const connection = await connect({ servers: natsUrl })
  try {
    const manager = await connection.jetstreamManager()
    const stream = await manager.streams.find(SUBJECT)
    const { state } = await manager.streams.info(stream)
    const issued: LicenseIssued[] = []
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq += 1) {
      issued.push(LicenseIssued.parse((await manager.streams.getMessage(stream, { seq })).json()))
    }
    return issued
  } finally {
    await connection.close()
  }
}
