import { inTransaction, licenses, notifications, outbox } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { newLicenseId } from '@licenseoperator/domain'
import { LicenseIssued, licenseIssuedMessageId, publishDurably } from '@licenseoperator/events'
import { linkKeyOf, readLink } from '@licenseoperator/mail'
import { type AnSmtpServer, anSmtpServer, type Behaviour } from '@licenseoperator/mail/testing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { connect, type NatsConnection } from 'nats'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type IngestRole, ingestRoles } from '../src/connections.ts'
import { type Ingest, startIngest } from '../src/start-ingest.ts'
import { aConfig, aLog } from './a-start.ts'

let database: TestDatabase
let emulator: Emulator
let nats: NatsConnection
let subject: string
let running: Ingest[] = []
let servers: AnSmtpServer[] = []
beforeAll(async () => {
  emulator = await startEmulator({ recordFile: '' })
  nats = await connect({ servers: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '' })
})
afterAll(async () => {
  await nats.close()
  await emulator.stop()
})
beforeEach(async () => {
  database = await createTestDatabase({ maxConnections: 12, acquireMs: 20_000, holdMs: 20_000 })
  subject = `mail.${crypto.randomUUID()}`
})
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()))
  await Promise.all(servers.map((one) => one.stop()))
  running = []
  servers = []
  const { streams } = await nats.jetstreamManager()
  await streams.delete(subject.replaceAll('.', '_')).catch(() => undefined)
  await database.drop()
})

async function smtp(behave?: (recipient: string) => Behaviour, port?: number): Promise<AnSmtpServer> {
  const server = await anSmtpServer(behave, port === undefined ? {} : { port })
  servers.push(server)
  return server
}

async function notifier(
  port: number | undefined,
  { roles = ['notifier'], ...variables }: { roles?: readonly IngestRole[] } & Record<string, unknown> = {},
) {
  const log = aLog()
  const mail = {
    LICENSEOPERATOR_MAIL_HOST: '127.0.0.1',
    LICENSEOPERATOR_MAIL_PORT: `${port}`,
    LICENSEOPERATOR_MAIL_SECURE: 'none',
    LICENSEOPERATOR_MAIL_FROM: 'License Desk <licenses@vendor.test>',
  }
  const config = await aConfig(
    { database, emulator },
    {
      LICENSEOPERATOR_INGEST_ADDR: '127.0.0.1:0',
      LICENSEOPERATOR_SERVER_DRAIN_DELAY: '0s',
      LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '',
      LICENSEOPERATOR_NATS_SUBJECT_LICENSE_ISSUED: subject,
      ...(port === undefined ? {} : mail),
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
    },
  )
  const ingest = await startIngest({ config, roles, log })
  running.push(ingest)
  return { ingest, log, metrics: async () => (await fetch(`${ingest.url}/metrics`)).text() }
}

interface Sold {
  readonly email?: string
  readonly reason?: LicenseIssued['reason']
  readonly licenseId?: string
  readonly maintenanceExpiresAt?: string
  readonly paidAt?: Date
}

/** A license as a purchase leaves it: its row and its announcement, in one transaction. */
async function sell({
  email = 'ada@acme.test',
  reason = 'purchase',
  licenseId,
  maintenanceExpiresAt,
  paidAt = new Date(),
}: Sold = {}): Promise<string> {
  const id = licenseId ?? newLicenseId()
  const text = `-----BEGIN LICENSE-----\n${id}\n-----END LICENSE-----\n`
  const event = LicenseIssued.parse({
    licenseId: id,
    email,
    payloadB64: 'e30=',
    signatureB64: 'e30=',
    exp: '2030-01-01T00:00:00Z',
    plan: 'core',
    group: 'acme',
    stripe: {},
    ...(maintenanceExpiresAt === undefined ? {} : { maintenanceExpiresAt }),
    reason,
    occurredAt: '2026-01-01T00:00:00Z',
  })
  await inTransaction(database.db, async (tx) => {
    if (licenseId === undefined) await licenses.insert(tx, aLicense(id, email, text))
    const messageId = licenseIssuedMessageId(subject, id, maintenanceExpiresAt)
    await outbox.add(tx, { messageId, subject, payload: Buffer.from(JSON.stringify(event)) }, paidAt)
  })
  return id
}

/** What the relay does with it. */
async function announce(licenseId: string, suffix?: string): Promise<void> {
  const messageId = licenseIssuedMessageId(subject, licenseId, suffix)
  await publishDurably(nats, { subject, messageId, data: Buffer.from('what is in here counts for nothing') })
}

const mails = (state?: notifications.NotificationState) =>
  notifications.list(database.db, state === undefined ? {} : { state }, 1000)
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 100 })
/** Waiting for the next try of a mail is nothing that a test need do. */
const hurry = () =>
  database.db
    .updateTable('notifications')
    .set({ next_attempt_at: new Date() })
    .where('state', 'in', ['failed', 'sending'])
    .where('lease_owner', 'is', null)
    .execute()

test('a purchase, a renewal and a maintenance renewed twice: a mail each, with the license, whatever comes again', async () => {
  const server = await smtp()
  const { metrics } = await notifier(server.port)
  const licenseId = await sell()
  const renewed = await sell({ reason: 'renewal' })
  const ends = ['2028-01-01T00:00:00Z', '2029-01-01T00:00:00Z']
  for (const maintenanceExpiresAt of ends) await sell({ licenseId, reason: 'maintenance', maintenanceExpiresAt })
  await announce(licenseId)
  await announce(renewed)
  for (const end of ends) await announce(licenseId, end)
  await until(async () => expect(await mails('sent')).toHaveLength(4))
  expect((await mails()).map(({ reason }) => reason).sort()).toEqual([
    'maintenance:2028-01-01T00:00:00Z',
    'maintenance:2029-01-01T00:00:00Z',
    'purchase',
    'renewal',
  ])
  expect(new Set(server.received.map(({ messageId }) => messageId))).toEqual(
    new Set((await mails()).map(({ messageId }) => messageId)),
  )
  const purchase = server.received.find(({ raw }) => raw.includes('Your license for core'))
  expect(purchase?.raw).toContain(Buffer.from(`-----BEGIN LICENSE-----\n${licenseId}`).toString('base64').slice(0, 40))

  // The stream forgets its ids after a day; the same announcement then comes as a new message.
  const { streams, consumers } = await nats.jetstreamManager()
  const stream = await streams.find(subject)
  await nats.jetstream().publish(subject, Buffer.from('{}'), { headers: await again(licenseId) })
  await until(async () => expect((await consumers.info(stream, 'licenseoperator_notifier')).num_pending).toBe(0))
  await until(async () => expect((await consumers.info(stream, 'licenseoperator_notifier')).num_ack_pending).toBe(0))
  expect(await mails()).toHaveLength(4)
  expect(server.received).toHaveLength(4)
  expect(await metrics()).toMatch(/licenseoperator_mail_total\{outcome="sent"\} 4\n/)
})

test('with the relay beside it: from the outbox to the mail, whose link opens the license', async () => {
  const server = await smtp()
  await notifier(server.port, { roles: ['relay', 'notifier'] })
  const licenseId = await sell()
  await until(async () => expect(await mails('sent')).toHaveLength(1))
  // Quoted-printable folds lines.
  const raw = server.received[0]?.raw.replaceAll('=\r\n', '') ?? ''
  const token = /http:\/\/127\.0\.0\.1:8083\/authlance\/license\/l\/(?<token>[\w.-]+)/.exec(raw)?.groups?.token ?? ''
  const link = readLink(linkKeyOf('a shared secret of at least 32 bytes'), token, new Date())
  expect(link).toMatchObject({ licenseId })
  expect((link?.expiresAt.getTime() ?? 0) - (link?.issuedAt.getTime() ?? 0)).toBe(90 * 24 * 3_600_000)
})

test('50 announcements, two notifiers, a server that refuses, is slow and closes at random: one mail each, and what may be twice is counted', async () => {
  const random = seeded(7)
  const tries = new Map<string, number>()
  const server = await smtp((recipient) => {
    const times = (tries.get(recipient) ?? 0) + 1
    tries.set(recipient, times)
    // Everybody is served in the end.
    if (times > 2) return 'take'
    if (recipient === 'buyer7@acme.test' && times === 1) return 'slow'
    const all = ['take', 'take', 'later', 'close early', 'take and close'] as const
    return all[Math.floor(random() * all.length)] ?? 'take'
  })
  const both = [await notifier(server.port), await notifier(server.port)]
  const ids: string[] = []
  for (let index = 0; index < 50; index += 1) ids.push(await sell({ email: `buyer${index}@acme.test` }))
  await Promise.all(ids.map((id) => announce(id)))
  await until(async () => {
    await hurry()
    expect(await mails('sent')).toHaveLength(50)
  })
  const arrived = Map.groupBy(server.received, ({ to }) => to)
  expect(arrived.size).toBe(50)
  // Whoever got two got the same one twice, and each further one was counted.
  const twice = [...arrived.values()].reduce((sum, all) => sum + all.length - 1, 0)
  for (const all of arrived.values()) expect(new Set(all.map(({ messageId }) => messageId)).size).toBe(1)
  const counted = (await mails()).reduce((sum, { maybeTwice }) => sum + maybeTwice, 0)
  expect(twice).toBeGreaterThan(0)
  expect(counted).toBeGreaterThanOrEqual(twice)
  const metrics = await Promise.all(both.map(({ metrics }) => metrics()))
  const shown = metrics.map((text) => Number(/licenseoperator_mail_maybe_twice_total (\d+)/.exec(text)?.[1]))
  expect(shown.reduce((sum, one) => sum + one, 0)).toBe(counted)
}, 90_000)

test('a server that is away: mails wait, an alert says so once, and all go out when it is back', async () => {
  const first = await smtp()
  const { port } = first
  await first.stop()
  servers = []
  const { metrics, log } = await notifier(port)
  for (let index = 0; index < 6; index += 1) await announce(await sell({ email: `buyer${index}@acme.test` }))
  await until(async () => expect(await metrics()).toContain('\nlicenseoperator_smtp_usable 0\n'))
  await until(async () => expect(await mails()).toHaveLength(6))
  const alarm = { level: 'error', message: 'mails wait: the SMTP server cannot be used' }
  const alarms = log.said.filter(({ message }) => message === alarm.message)
  expect(alarms).toEqual([
    expect.objectContaining({
      ...alarm,
      fields: { server: `127.0.0.1:${port}`, reason: expect.stringContaining('ECONNREFUSED') },
    }),
  ])
  expect(await mails('dead')).toEqual([])
  const back = await smtp(undefined, port)
  await until(async () => {
    await hurry()
    expect(await mails('sent')).toHaveLength(6)
  })
  expect(back.received).toHaveLength(6)
  expect(await metrics()).toContain('\nlicenseoperator_smtp_usable 1\n')
  expect(await metrics()).toContain('\nlicenseoperator_mail_maybe_twice_total 0\n')
})

test('a server that does not relay for us: mails wait until it does, and no log names who was written to', async () => {
  let relays = false
  const server = await smtp(() => (relays ? 'take' : 'refuse relay'))
  const { metrics, log } = await notifier(server.port)
  await announce(await sell())
  await until(async () => expect(await mails('failed')).toHaveLength(1))
  await until(async () => expect(await metrics()).toContain('\nlicenseoperator_smtp_usable 0\n'))
  const reason = expect.stringContaining('554 5.7.1 <[address]>: Relay access denied')
  const fields = { server: `127.0.0.1:${server.port}`, reason }
  const message = 'mails wait: the SMTP server cannot be used'
  expect(log.said).toContainEqual(expect.objectContaining({ level: 'error', message, fields }))
  expect(JSON.stringify(log.said)).not.toContain('ada@acme')
  relays = true
  await until(async () => {
    await hurry()
    expect(await mails('sent')).toHaveLength(1)
  })
})

test('a crash between the server’s yes and our record: sent again under the same id, and counted', async () => {
  const server = await smtp()
  const { ingest } = await notifier(server.port)
  await announce(await sell())
  await until(async () => expect(await mails('sent')).toHaveLength(1))
  await ingest.stop()
  running = []
  // As the crash would have left it.
  await database.db
    .updateTable('notifications')
    .set({ state: 'sending', sent_at: null, next_attempt_at: new Date(), lease_owner: 'gone' })
    .execute()
  const { metrics } = await notifier(server.port)
  await until(async () => expect(await mails('sent')).toMatchObject([{ attempts: 2, maybeTwice: 1 }]))
  expect(new Set(server.received.map(({ messageId }) => messageId)).size).toBe(1)
  expect(server.received).toHaveLength(2)
  expect(await metrics()).toContain('\nlicenseoperator_mail_maybe_twice_total 1\n')
})

test('a server that never says what became of a mail gets it three times, then it is dead; so is what crashed as often', async () => {
  const server = await smtp(() => 'take and close')
  const { metrics, log } = await notifier(server.port)
  const licenseId = await sell()
  await announce(licenseId)
  const perhaps = expect.stringMatching(/^outcome unknown, perhaps delivered: .*closed/)
  await until(async () => {
    await hurry()
    expect(await mails('dead')).toMatchObject([{ licenseId, attempts: 3, maybeTwice: 2, lastError: perhaps }])
  })
  expect(server.received).toHaveLength(3)
  const fields = expect.objectContaining({ licenseId, reason: perhaps })
  expect(log.said).toContainEqual(expect.objectContaining({ level: 'error', message: 'a license was not mailed', fields }))
  await until(async () => expect(await metrics()).toMatch(/licenseoperator_mail_total\{outcome="dead"\} 1\n/))
  // An answer that was lost says nothing of the server: no alert, neither in the gauge nor in the log.
  expect(await metrics()).not.toMatch(/^licenseoperator_smtp_usable \d/m)

  // As the third crash leaves it.
  await database.db
    .updateTable('notifications')
    .set({ state: 'sending', maybe_twice: 2, next_attempt_at: new Date(), lease_owner: 'gone' })
    .execute()
  await until(async () => expect(await mails('dead')).toMatchObject([{ lastError: 'outcome unknown, perhaps delivered' }]))
  expect(server.received).toHaveLength(3)
})

test('told to stop: a mail that the server has is recorded as it answers, one that it has not is free for others at once', async () => {
  const server = await smtp((to) => (to === 'slow@acme.test' ? 'slow' : 'mute'))
  const { ingest, log } = await notifier(server.port)
  const slow = await sell({ email: 'slow@acme.test' })
  const mute = await sell()
  await announce(mute)
  await until(async () => expect(server.sessions()).toBe(1))
  await announce(slow)
  await until(async () => expect(server.received).toHaveLength(1))
  await ingest.stop()
  running = []
  expect(await mails('sent')).toMatchObject([{ licenseId: slow, attempts: 1 }])
  const [failed] = await mails('failed')
  const lastError = 'we stop, and the server did not have the message'
  expect(failed).toMatchObject({ licenseId: mute, attempts: 1, lastError })
  expect(failed?.nextAttemptAt?.getTime()).toBeLessThanOrEqual(Date.now())
  expect(log.said.filter(({ message }) => message.startsWith('mails wait') || message.startsWith('stopped without'))).toEqual([])
})

test('refused for good, revoked meanwhile, an address that breaks out of its header: dead, with the reason', async () => {
  const server = await smtp((to) => (to === 'gone@acme.test' ? 'refuse recipient' : 'take'))
  const { metrics, log } = await notifier(server.port)
  const refused = await sell({ email: 'gone@acme.test' })
  const revoked = await sell()
  await inTransaction(database.db, (tx) =>
    licenses.setState(
      tx,
      revoked,
      { revokedAt: new Date(), revokedReason: 'refunded', supersededBy: undefined, disputed: false },
      new Date(),
    ),
  )
  const evil = await sell({ email: 'ada@acme.test\r\nBcc: evil@x.test' })
  for (const id of [refused, revoked, evil]) await announce(id)
  await until(async () => expect(await mails('dead')).toHaveLength(3))
  expect(Object.fromEntries((await mails()).map(({ licenseId, lastError }) => [licenseId, lastError]))).toEqual({
    [refused]: expect.stringContaining('550'),
    [revoked]: 'the license is revoked: refunded',
    [evil]: 'the address must not contain control characters',
  })
  expect(server.received).toEqual([])
  await until(async () => expect(await metrics()).toContain('licenseoperator_mails{state="dead"} 3'))
  expect(log.said.filter(({ level }) => level === 'error').map(({ message }) => message)).toContain('a license was not mailed')
  expect(JSON.stringify(log.said)).not.toMatch(/gone@acme|evil@x/)
})

test('an announcement that MySQL does not know sends nothing, is counted and reported', async () => {
  const server = await smtp()
  const { metrics, log } = await notifier(server.port)
  await publishDurably(nats, {
    subject,
    messageId: 'forged',
    data: Buffer.from(JSON.stringify({ licenseId: 'L-1', email: 'evil@x.test' })),
  })
  const licenseId = await sell()
  await announce(licenseId)
  await until(async () => expect(await mails('sent')).toHaveLength(1))
  await until(async () => expect(await metrics()).toContain('licenseoperator_announcements_foreign_total 1'))
  expect(log.said).toContainEqual(expect.objectContaining({ level: 'error', fields: { messageId: 'forged' } }))
  expect(await mails()).toHaveLength(1)
})

test('what was announced before there was mail is not written about', async () => {
  const server = await smtp()
  const before = await sell()
  const { streams } = await nats.jetstreamManager()
  await streams.add({ name: subject.replaceAll('.', '_'), subjects: [subject] })
  await announce(before)
  await new Promise((resolve) => setTimeout(resolve, 5))
  await notifier(server.port)
  const after = await sell()
  await announce(after)
  await until(async () => expect(await mails('sent')).toHaveLength(1))
  expect((await mails()).map(({ licenseId }) => licenseId)).toEqual([after])
})

test('what was paid before there was mail and is announced only now is written about', async () => {
  const server = await smtp()
  await notifier(server.port)
  const licenseId = await sell({ paidAt: new Date(Date.now() - 3 * 86_400_000) })
  await announce(licenseId)
  await until(async () => expect(await mails('sent')).toHaveLength(1))
})

test('a vendor’s template that cannot be rendered: the plain mail goes out, and the log names the file', async () => {
  const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
  const folder = mkdtempSync('/tmp/licenseoperator-templates-')
  mkdirSync(`${folder}/en`)
  writeFileSync(`${folder}/en/purchase.txt`, 'Subject: {{oops}}\n\nBody')
  const server = await smtp()
  const { log } = await notifier(server.port, { LICENSEOPERATOR_MAIL_TEMPLATES: folder })
  const licenseId = await sell()
  await announce(licenseId)
  await until(async () => expect(await mails('sent')).toHaveLength(1))
  expect(server.received[0]?.raw).toContain(`Subject: Your license ${licenseId}`)
  const fields = { template: `${folder}/en/purchase.txt`, reason: 'names oops, which there is not' }
  expect(log.said).toContainEqual(expect.objectContaining({ level: 'error', fields }))
  rmSync(folder, { recursive: true })
})

test('without a mail section all roles start as before, and the notifier alone does not', async () => {
  const { ingest, metrics } = await notifier(undefined, { roles: ingestRoles })
  expect(ingest.roles).toEqual(['receiver', 'processor', 'relay'])
  expect(await metrics()).not.toContain('licenseoperator_mail')
  await expect(notifier(undefined)).rejects.toMatchObject({
    problems: [{ path: 'mail.host', message: 'is required by the role notifier' }],
  })
})

async function again(licenseId: string) {
  const { headers } = await import('nats')
  const made = headers()
  // The stream drops an id it remembers: another id of the stream, the same of ours.
  made.set('Nats-Msg-Id', licenseIssuedMessageId(subject, licenseId))
  return made
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

function aLicense(licenseId: string, email: string, text: string): licenses.NewLicense {
  return {
    licenseId,
    issuanceKey: `test:${licenseId}`,
    groupName: 'acme',
    email,
    productId: undefined,
    productSlug: undefined,
    productKey: 'core',
    plan: 'core',
    domain: undefined,
    kind: 'one_off',
    seats: 5,
    priceLocked: false,
    couponCode: undefined,
    issuedAt: new Date('2026-01-01T00:00:00Z'),
    expiresAt: new Date('2030-01-01T00:00:00Z'),
    maintenanceExpiresAt: undefined,
    keyId: 'none',
    text,
    identity: undefined,
    stripe: {},
  }
}
