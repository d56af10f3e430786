import { inTransaction, licenseLinks, notifications } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { generateSigningKey } from '@licenseoperator/signing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from './a-terminal.ts'

let database: TestDatabase
let silent: Record<string, string>
let env: Record<string, string>
beforeAll(async () => {
  database = await createTestDatabase()
  const key = await generateSigningKey({ modulusLength: 2048 })
  silent = {
    USER: 'grace',
    LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: key.privateKeyPem }]),
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
  }
  const mail = { LICENSEOPERATOR_MAIL_HOST: 'smtp.vendor.test', LICENSEOPERATOR_MAIL_FROM: 'Desk <licenses@vendor.test>' }
  env = { ...silent, ...mail }
})
afterAll(() => database.drop())

async function issued(): Promise<string> {
  const email = `${crypto.randomUUID()}@acme.test`
  const order = ['--group', email, '--email', email, '--product-key', 'core', '--persist']
  await run(['license', 'issue', ...order], env)
  const { out } = await run(['license', 'list', email, '--json'], env)
  return JSON.parse(out[0] ?? '').items[0].licenseId
}

test('license resend: the mail waits, is listed, and the audit log says who asked', async () => {
  const licenseId = await issued()
  const { code, out } = await run(['license', 'resend', licenseId, '--json'], env)
  const mail = JSON.parse(out[0] ?? '')
  expect({ code, mail }).toMatchObject({ code: 0, mail: { licenseId, state: 'queued' } })
  const listed = await run(['notifications', 'list', '--license', licenseId, '--json'], env)
  expect(JSON.parse(listed.out[0] ?? '')).toEqual([mail])
  expect((await run(['audit', 'list', '--subject', `license:${licenseId}`], env)).out.join('\n')).toMatch(
    /cli:grace +license\.resent/,
  )

  const again = await run(['license', 'resend', licenseId, '--json'], env)
  expect(JSON.parse(again.out[0] ?? '').notificationId).toBe(mail.notificationId)
  await inTransaction(database.db, (tx) => notifications.markSent(tx, mail.notificationId, new Date()))
  expect((await run(['notifications', 'list', '--state', 'sent'], env)).out).toHaveLength(2)
  expect((await run(['notifications', 'list', '--state', 'dead'], env)).notes).toEqual(['nothing to show'])
})

test('refused in one sentence: no id, an unknown license, no mail configured, a state that there is not', async () => {
  const licenseId = await issued()
  expect(await run(['license', 'resend', 'L-unknown'], env)).toMatchObject({
    code: 1,
    notes: ['licenseoperator: license not found'],
  })
  expect(await run(['license', 'resend', licenseId], silent)).toMatchObject({
    notes: ['licenseoperator: invalid request: no mail is configured: mail.host is not set'],
  })
  expect((await run(['license', 'resend'], env)).code).toBe(2)
  expect(await run(['notifications', 'list', '--state', 'lost'], env)).toMatchObject({
    code: 2,
    notes: ['licenseoperator: --state must be one of queued, sending, sent, failed, dead'],
  })
})

test('license revoke-links: the links that there are count for nothing, and the audit log says who did it', async () => {
  const licenseId = await issued()
  expect(await run(['license', 'revoke-links', licenseId], env)).toMatchObject({ code: 0 })
  expect(await licenseLinks.revokedAt(database.db, licenseId)).toBeInstanceOf(Date)
  const { out } = await run(['audit', 'list', '--subject', `license:${licenseId}`], env)
  expect(out.join('\n')).toMatch(/cli:grace +license\.links_revoked/)
  expect((await run(['license', 'revoke-links', 'L-unknown'], env)).code).toBe(1)
})
