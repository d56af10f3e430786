import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit, inTransaction, licenses } from '@licenseoperator/db'
import { insertProduct } from '@licenseoperator/db/testing'
import { linkKeyOf, writeLink } from '@licenseoperator/mail'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense, issueLicense, publicKeyPem, SECRET } from '../an-api.ts'

const BASE = '/authlance/license'
const HOUR_MS = 3_600_000
let api: AnApi
beforeAll(async () => {
  api = await anApi()
})
afterAll(() => api.close())

function linkTo(
  licenseId: string,
  { secret = SECRET, issuedAt = new Date(Date.now() - HOUR_MS), ttlMs = 24 * HOUR_MS } = {},
): string {
  return writeLink(linkKeyOf(secret), { licenseId, issuedAt, expiresAt: new Date(issuedAt.getTime() + ttlMs) })
}
const pageOf = (token: string) => api.get(`${BASE}/l/${token}`)
const revoke = (licenseId: string, token: string) =>
  api.send('POST', `${BASE}/admin/licenses/${licenseId}/revoke-links`, undefined, token)

test('200: what was bought, its state, seats and end, the way to the portal; nothing runs, nothing keeps it', async () => {
  const product = await insertProduct(api.db, { slug: 'core', name: 'Core <script>' })
  const { licenseId } = await insertLicense(api.db, {
    productId: product.id,
    groupName: '<img src=x>',
    seats: 5,
    expiresAt: new Date('2030-01-01T00:00:00Z'),
  })
  const answer = await pageOf(linkTo(licenseId))
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/html; charset=UTF-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
    'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/),
  })
  const page = await answer.text()
  for (const shown of [licenseId, '>valid<', '>5<', '2030-01-01T00:00:00Z', '&lt;img src=x&gt;', 'https://app.example.com/'])
    expect(page).toContain(shown)
  expect(page).not.toMatch(/<script|<img|undefined/)
})

test('the page says what became of the license', async () => {
  const expired = await insertLicense(api.db, { expiresAt: new Date('2026-01-02T00:00:00Z') })
  const revoked = await insertLicense(api.db, {})
  const state = { revokedAt: new Date(), revokedReason: 'refunded', supersededBy: undefined, disputed: false }
  await inTransaction(api.db, (tx) => licenses.setState(tx, revoked.licenseId, state, new Date()))
  expect(await (await pageOf(linkTo(expired.licenseId))).text()).toContain('<td>expired</td>')
  expect(await (await pageOf(linkTo(revoked.licenseId))).text()).toContain('<td>revoked (refunded)</td>')
})

test('its file is the license, and verifies by the commands of the page', async () => {
  const { licenseId, text } = await issueLicense(api.db, 'acme')
  const token = linkTo(licenseId)
  const page = await (await pageOf(token)).text()
  const download = new URL(/href="(?<path>[^"]+)" download/.exec(page)?.groups?.path ?? '', `http://x${BASE}/l/${token}`).pathname
  expect(download).toBe(`${BASE}/l/${token}/file`)
  const answer = await api.get(download)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-disposition': `attachment; filename="${licenseId}.lic"`,
    'cache-control': 'no-store',
    'x-license-status': 'ACTIVE',
  })
  const file = await answer.text()
  expect(file).toBe(text)
  const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-link-'))
  writeFileSync(join(folder, `${licenseId}.lic`), file)
  writeFileSync(join(folder, 'public.pem'), publicKeyPem)
  const commands = /<pre>(?<commands>.*?)<\/pre>/s.exec(page)?.groups?.commands ?? ''
  const script = commands.replaceAll('&gt;', '>').replaceAll('&#39;', "'")
  expect(execFileSync('sh', ['-euc', script], { cwd: folder, encoding: 'utf8' })).toContain('Verified OK')
  rmSync(folder, { recursive: true })
})

test('404 without a hint: forged, over, of another secret, revoked, of no license; as a path that there is not', async () => {
  const { licenseId } = await insertLicense(api.db, {})
  const other = await insertLicense(api.db, {})
  const good = linkTo(licenseId)
  const revoked = linkTo(other.licenseId)
  expect((await pageOf(revoked)).status).toBe(200)
  expect((await revoke(other.licenseId, await aSysadmin())).status).toBe(204)
  const unknown = await (await api.get(`${BASE}/nowhere/at/all`)).json()
  const tokens = {
    forged: good.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    'of another license': good.replace(licenseId, other.licenseId),
    over: linkTo(licenseId, { issuedAt: new Date(Date.now() - 2 * HOUR_MS), ttlMs: HOUR_MS }),
    'of another secret': linkTo(licenseId, { secret: 'another secret of this test, 32 bytes' }),
    revoked,
    'of no license': linkTo('L-01JB2Q4W6V8X0Z2B4D6F8H0K2M'),
    'not even one': 'x',
    long: 'x'.repeat(4000),
  }
  for (const [name, token] of Object.entries(tokens))
    for (const path of [`${BASE}/l/${token}`, `${BASE}/l/${token}/file`]) {
      const answer = await api.get(path)
      expect({ name, status: answer.status, body: await answer.json() }).toEqual({
        name,
        status: 404,
        body: { ...unknown, requestId: expect.any(String) },
      })
    }
  expect((await pageOf(good)).status).toBe(200)
})

test('a link that is made after a revocation opens the license again, and the audit log says who revoked', async () => {
  const { licenseId } = await insertLicense(api.db, {})
  const before = linkTo(licenseId)
  expect((await revoke(licenseId, await aSysadmin())).status).toBe(204)
  expect((await pageOf(before)).status).toBe(404)
  expect((await pageOf(linkTo(licenseId, { issuedAt: new Date(Date.now() + 1) }))).status).toBe(200)
  expect(await audit.list(api.db, { subject: `license:${licenseId}` }, 10)).toMatchObject([
    { action: 'license.links_revoked', actor: 'root' },
  ])
})

test('revoking: 404 for what is no license, 403 for a member of its group, 401 for nobody', async () => {
  const { licenseId } = await insertLicense(api.db, {})
  for (const id of ['L-unknown', 'acme']) expect((await revoke(id, await aSysadmin())).status).toBe(404)
  expect((await revoke(licenseId, await aMember('acme'))).status).toBe(403)
  expect((await revoke(licenseId, '')).status).toBe(401)
})
