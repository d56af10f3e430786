import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  type Database,
  type DatabaseOptions,
  inTransaction,
  licenses,
  migrate,
  notifications,
  openDatabase,
  outbox,
  products,
  stripeEvents,
  waitForSchema,
} from './index.ts'
import { createTestDatabase, type TestDatabase, testMysqlAccount } from './testing/index.ts'

// The grants that the README tells operators to give, under names of this test's own.
const statements = /```sql\n(.*?)```/s.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1] ?? ''
const prefix = `t${crypto.randomUUID().slice(0, 8)}`
const roles = ['migrate', 'receiver', 'relay', 'notifier', 'processor', 'api'] as const
type Role = (typeof roles)[number]

let database: TestDatabase
let tls: { ca: string; cert: string; key: string }

async function administer(...statements: string[]): Promise<unknown> {
  const connection = await createConnection({ ...testMysqlAccount() })
  try {
    let rows: unknown
    for (const statement of statements) [rows] = await connection.query(statement)
    return rows
  } finally {
    await connection.end()
  }
}

beforeAll(async () => {
  database = await createTestDatabase()
  const ours = statements.replaceAll('lo_', `${prefix}_`).replaceAll(' licenses.', ` ${database.options.database}.`)
  await administer(...ours.split(';').filter((statement) => statement.trim() !== ''))
  // MySQL makes an authority and a client certificate for itself, beside its data.
  const [row] = Object(await administer('SELECT @@datadir AS folder'))
  const read = (name: string) => readFileSync(join(row.folder, name), 'utf8')
  tls = { ca: read('ca.pem'), cert: read('client-cert.pem'), key: read('client-key.pem') }
})
afterAll(async () => {
  await administer(...roles.map((role) => `DROP USER IF EXISTS ${prefix}_${role}`))
  await database.drop()
})

function as(role: Role, options: Partial<DatabaseOptions> = {}): Database {
  const account = {
    ...database.options,
    user: `${prefix}_${role}`,
    password: 'change me',
    tls: { ...tls, key: { reveal: () => tls.key } },
  }
  const opened = openDatabase({ ...account, maxConnections: 2, ...options })
  onTestFinished(() => opened.close())
  return opened
}

const run = (role: Role, statement: string) => sql.raw(statement).execute(as(role).db)
const refused = { errno: expect.toBeOneOf([1044, 1142, 1227, 1370, 1045]) }
const anEvent = () => {
  const eventId = `evt_${crypto.randomUUID()}`
  return { eventId, type: 'invoice.paid', apiVersion: undefined, payload: Buffer.from('{}'), receivedAt: new Date() }
}

test('every role finds the schema in order', async () => {
  for (const role of roles) await waitForSchema(as(role).db, database.options, Date.now() + 5000)
})

test('the receiver stores events, and cannot see or make anything that is sold', async () => {
  const event = anEvent()
  const { db } = as('receiver')
  expect(await inTransaction(db, (tx) => stripeEvents.receive(tx, event))).toBe(true)
  expect(await inTransaction(db, (tx) => stripeEvents.receive(tx, event))).toBe(false)
  for (const statement of ['SELECT * FROM licenses', 'DELETE FROM stripe_events', 'UPDATE products SET licenses_taken = 0'])
    await expect(run('receiver', statement)).rejects.toMatchObject(refused)
})

test('the relay publishes announcements, and cannot make one', async () => {
  const message = { messageId: crypto.randomUUID(), subject: 'x', payload: Buffer.from('{}') }
  await inTransaction(as('processor').db, (tx) => outbox.add(tx, message, new Date()))
  const { db } = as('relay')
  const now = new Date()
  const claimed = await inTransaction(db, (tx) => outbox.claim(tx, { owner: 'relay', now, until: now, limit: 10 }))
  await inTransaction(db, (tx) =>
    outbox.markPublished(
      tx,
      claimed.map(({ id }) => id),
      now,
    ),
  )
  expect(await outbox.backlog(db)).toMatchObject({ count: 0 })
  const making = "INSERT INTO outbox (message_id, subject, payload, created_at) VALUES ('x', 'x', 'x', NOW())"
  for (const statement of [making, 'DELETE FROM outbox', 'SELECT * FROM licenses', 'SELECT * FROM stripe_events'])
    await expect(run('relay', statement)).rejects.toMatchObject(refused)
})

test('the notifier writes down what it sends, reads licenses, and changes none', async () => {
  const { db } = as('notifier')
  const now = new Date()
  const [licenseId, messageId] = ['L-1', crypto.randomUUID()]
  await inTransaction(as('processor').db, (tx) => outbox.add(tx, { messageId, subject: 'x', payload: Buffer.from('{}') }, now))
  expect(await outbox.findByMessageId(db, messageId)).toMatchObject({ messageId })
  expect(await licenses.findById(db, licenseId)).toBeUndefined()
  expect(await products.findById(db, 1)).toBeUndefined()
  const mail = {
    notificationId: 'N-1',
    licenseId,
    reason: 'purchase',
    recipient: 'a@acme.test',
    messageId: '<1@x>',
    createdAt: now,
  }
  expect(await inTransaction(db, (tx) => notifications.add(tx, mail))).toBe(true)
  const claimed = await inTransaction(db, (tx) => notifications.claimOne(tx, { owner: 'one', now, until: now }))
  await inTransaction(db, (tx) => notifications.markSent(tx, claimed?.notificationId ?? '', now))
  expect(await notifications.backlog(db)).toMatchObject({ oldest: undefined })
  const started = () => inTransaction(db, (tx) => notifications.startedAt(tx, now))
  expect([await started(), await started()]).toEqual([now, now])
  const statements = [
    'UPDATE licenses SET plan = 1',
    'DELETE FROM notifications',
    'UPDATE outbox SET attempts = 0',
    'SELECT * FROM payments',
  ]
  for (const statement of statements) await expect(run('notifier', statement)).rejects.toMatchObject(refused)
})

test.each(['receiver', 'relay', 'notifier', 'processor', 'api'] as const)(
  'the %s changes no schema, reads no file, gives no right, leaves its database alone',
  async (role) => {
    const statements = [
      'CREATE TABLE made (id INT)',
      'ALTER TABLE products ADD COLUMN made INT',
      'DROP TABLE outbox',
      "SELECT LOAD_FILE('/etc/hostname') INTO OUTFILE '/tmp/made'",
      `GRANT SELECT ON ${database.options.database}.* TO ${prefix}_relay`,
      'SELECT user FROM mysql.user',
    ]
    for (const statement of statements) await expect(run(role, statement)).rejects.toMatchObject(refused)
  },
)

test('migrations run under their account, which drops nothing', async () => {
  await expect(migrate(as('migrate').db)).resolves.toEqual([])
  await sql.raw('CREATE TABLE made (id INT)').execute(as('migrate').db)
  await expect(run('migrate', 'DROP TABLE made')).rejects.toMatchObject(refused)
})

test('without the client certificate, under another authority, or for another name there is no connection', async () => {
  await as('receiver').ping()
  await expect(as('receiver', { tls: { ca: tls.ca } }).ping()).rejects.toMatchObject({ errno: 1045 })
  await expect(as('receiver', { tls: true }).ping()).rejects.toMatchObject({ code: 'HANDSHAKE_SSL_ERROR' })
  // The certificate that MySQL makes for itself is not made out to any host.
  await expect(as('receiver', { host: 'localhost' }).ping()).rejects.toMatchObject({ code: 'HANDSHAKE_SSL_ERROR' })
})
