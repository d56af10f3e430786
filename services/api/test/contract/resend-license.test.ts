import { audit, inTransaction, licenses, notifications } from '@licenseoperator/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense } from '../an-api.ts'

let api: AnApi
let root: string
beforeAll(async () => {
  api = await anApi({ config: { mailSender: 'licenses@vendor.test' } })
  root = await aSysadmin()
})
afterAll(() => api.close())

async function resend(licenseId: string, token = root, on = api) {
  const answer = await on.send('POST', `/authlance/license/admin/licenses/${licenseId}/resend`, undefined, token)
  return { status: answer.status, body: await answer.json() }
}

test('202: the mail waits, for the address it was sold to, and the audit log says who asked', async () => {
  const { licenseId } = await insertLicense(api.db, { email: 'owner@acme.test' })
  const { status, body } = await resend(licenseId)
  expect({ status, body }).toMatchObject({ status: 202, body: { licenseId, recipient: 'owner@acme.test', state: 'queued' } })
  const [mail] = await notifications.list(api.db, { licenseId }, 10)
  expect(mail).toMatchObject({ notificationId: body.notificationId, messageId: `<${body.notificationId}@vendor.test>` })
  expect(await audit.list(api.db, { subject: `license:${licenseId}` }, 10)).toMatchObject([
    { action: 'license.resent', actor: 'root', after: { notificationId: body.notificationId } },
  ])
})

test('one that waits is not asked for again; one that was sent is', async () => {
  const { licenseId } = await insertLicense(api.db, {})
  const first = await resend(licenseId)
  expect(await resend(licenseId)).toEqual(first)
  await inTransaction(api.db, (tx) => notifications.markSent(tx, first.body.notificationId, new Date()))
  expect((await resend(licenseId)).body.notificationId).not.toBe(first.body.notificationId)
  expect(await notifications.list(api.db, { licenseId }, 10)).toHaveLength(2)
})

test('400 names the field: revoked, an address that breaks out of a header, no mail configured', async () => {
  const revoked = await insertLicense(api.db, {})
  const state = { revokedAt: new Date(), revokedReason: 'refunded', supersededBy: undefined, disputed: false }
  await inTransaction(api.db, (tx) => licenses.setState(tx, revoked.licenseId, state, new Date()))
  const evil = await insertLicense(api.db, { email: 'a@acme.test\r\nBcc: evil@x.test' })
  const refused = (error: string) => ({ status: 400, body: { code: 'invalid_payload', field: 'licenseId', error } })
  expect(await resend(revoked.licenseId)).toMatchObject(refused('invalid request: the license is revoked'))
  expect(await resend(evil.licenseId)).toMatchObject(refused('invalid request: the address must not contain control characters'))
  const silent = await anApi()
  const { licenseId } = await insertLicense(silent.db, {})
  expect(await resend(licenseId, root, silent)).toMatchObject(
    refused('invalid request: no mail is configured: mail.host is not set'),
  )
  await silent.close()
})

test('404 for what is no license, 403 for a member of its group, 401 for nobody', async () => {
  const { licenseId } = await insertLicense(api.db, {})
  for (const id of ['L-unknown', 'acme', 'L-%00']) expect((await resend(id)).status).toBe(404)
  expect((await resend(licenseId, await aMember('acme'))).status).toBe(403)
  expect((await resend(licenseId, await aSysadmin(['licenses:read']))).body.code).toBe('insufficient_scope')
  expect((await resend(licenseId, '')).status).toBe(401)
})
