import { licenses, revocationList } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { revokeLicense, signRevocationLists } from '@licenseoperator/licensing'
import { verifyRevocationList } from '@licenseoperator/signing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, anApi, issueLicense, keys } from '../an-api.ts'

const PATH = '/authlance/license/revocations'
const ops = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
const policy = { revokeOnFullRefund: true, revokeOnLostDispute: true, revokeOnCancellation: true }
let api: AnApi
let revoked: Awaited<ReturnType<typeof issueLicense>>

beforeAll(async () => {
  api = await anApi()
  revoked = await issueLicense(api.db, 'acme')
  await issueLicense(api.db, 'globex')
  await revokeLicense({ db: api.db, requiredScopes: {}, policy, now: () => new Date() }, ops, revoked.licenseId, 'published')
})
afterAll(() => api.close())

describe('GET revocations', () => {
  test('anybody gets the signed list of revoked licenses, and the others are not on it', async () => {
    const answer = await api.get(PATH)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
    const verdict = verifyRevocationList(await answer.text(), keys)
    expect(verdict).toMatchObject({
      status: 'current',
      list: { number: expect.any(Number), revoked: [{ licenseId: revoked.licenseId, reason: 'admin' }] },
    })
  })

  test('with its entity tag it is 304, with another one 200', async () => {
    const etag = (await api.get(PATH)).headers.get('etag') ?? ''
    const ask = async (tag: string) => api.app.request(PATH, { headers: { 'if-none-match': tag } })
    expect((await ask(etag)).status).toBe(304)
    expect((await ask('"other"')).status).toBe(200)
  })

  test('for one product key, and 404 for one without a signing key', async () => {
    expect((await api.get(`${PATH}?productKey=CORE`)).status).toBe(200)
    expect((await api.get(`${PATH}?productKey=nobody`)).status).toBe(404)
  })

  test('for one signing key, and 404 for a key that signs no list', async () => {
    const keyId = keys.signingKeyFor('core')?.keyId ?? ''
    const answer = await api.get(`${PATH}?keyId=${keyId.toUpperCase()}`)
    expect(verifyRevocationList(await answer.text(), keys)).toMatchObject({ status: 'current', list: { keyId }, uncounted: [] })
    expect((await api.get(`${PATH}?keyId=${'0'.repeat(64)}`)).status).toBe(404)
  })

  test('400 for a product key that is too long', async () => {
    const answer = await api.get(`${PATH}?productKey=${'x'.repeat(129)}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ field: 'productKey' })
  })

  test('its number rises with each change, and only then', async () => {
    const before = await revocationList.number(api.db)
    const another = await issueLicense(api.db, 'acme')
    expect(await revocationList.number(api.db)).toBe(before)
    const at = new Date(2_000_000_000_000)
    const revoking = { db: api.db, requiredScopes: {}, policy, now: () => at }
    await revokeLicense(revoking, ops, another.licenseId, 'x')
    await revokeLicense(revoking, ops, another.licenseId, 'again')
    // Not below the clock, so that it does not go back when a backup is restored.
    expect(before).toBeLessThan(2_000_000_000)
    expect(await revocationList.number(api.db)).toBe(2_000_000_000)
    const third = await issueLicense(api.db, 'acme')
    await revokeLicense(revoking, ops, third.licenseId, 'x')
    expect(await revocationList.number(api.db)).toBe(2_000_000_001)
  })

  test('a license that ended long ago has left it', async () => {
    const stored = await licenses.findById(api.db, revoked.licenseId)
    const later = new Date((stored?.expiresAt.getTime() ?? 0) + 401 * 86_400_000)
    const lists = await signRevocationLists({ db: api.db, keys, log: silentLog, now: () => later }, ['core'])
    expect(lists.map((list) => verifyRevocationList(list.text, keys))).toMatchObject([
      { status: 'current', list: { revoked: [] } },
    ])
  })
})
