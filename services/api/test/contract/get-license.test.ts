import { newLicenseId } from '@licenseoperator/domain'
import { revokeLicense } from '@licenseoperator/licensing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense, issueLicense } from '../an-api.ts'

let api: AnApi
let license: Awaited<ReturnType<typeof issueLicense>>
let path: string

beforeAll(async () => {
  api = await anApi()
  license = await issueLicense(api.db, 'Acme')
  path = `/authlance/license/${license.licenseId}`
})
afterAll(() => api.close())

describe('200', () => {
  test('a member downloads the text exactly as issued, whatever the spelling of the group', async () => {
    const response = await api.get(path, await aMember(' ACME '))
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(license.text)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${license.licenseId}.lic"`)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('a revoked license is found and says so: in headers, because its text was signed before', async () => {
    const token = await aMember('acme')
    const revoked = await issueLicense(api.db, 'Acme')
    const ops = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
    const policy = { revokeOnFullRefund: true, revokeOnLostDispute: true, revokeOnCancellation: true }
    expect((await api.get(path, token)).headers.get('x-license-status')).toBe('ACTIVE')
    await revokeLicense({ db: api.db, requiredScopes: {}, policy, now: () => new Date() }, ops, revoked.licenseId, 'published')
    const response = await api.get(`/authlance/license/${revoked.licenseId}`, token)
    expect(await response.text()).toBe(revoked.text)
    expect(response.headers.get('x-license-status')).toBe('REVOKED')
    expect(response.headers.get('x-license-revoked-reason')).toBe('admin')
    const { items } = await (await api.get('/authlance/license/groups/acme/licenses', token)).json()
    expect(items).toContainEqual(
      expect.objectContaining({ licenseId: revoked.licenseId, status: 'REVOKED', revokedReason: 'admin' }),
    )
  })

  test('the text does not parse as JSON: the dashboards would save "[object Object]"', async () => {
    const text = await (await api.get(path, await aMember('acme'))).text()
    expect(text.startsWith('-----BEGIN LICENSE-----')).toBe(true)
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
  })

  test('a sysadmin downloads any license, a dashboard with its cookie', async () => {
    expect((await api.get(path, await aSysadmin())).status).toBe(200)
    expect((await api.getWithCookie(path, await aMember('acme'))).status).toBe(200)
  })

  test('a UUID is a license id', async () => {
    const { licenseId } = await insertLicense(api.db, { licenseId: crypto.randomUUID(), groupName: 'acme', text: 'an old one' })
    expect(await (await api.get(`/authlance/license/${licenseId}`, await aMember('acme'))).text()).toBe('an old one')
  })

  test('another word is a group: the same page as its own path', async () => {
    const token = await aMember('acme')
    const response = await api.get('/authlance/license/acme?pageSize=5', token)
    expect(response.status).toBe(200)
    const page = await response.json()
    expect(page).toMatchObject({ page: 1, pageSize: 5 })
    expect(page).toEqual(await (await api.get('/authlance/license/groups/acme/licenses?pageSize=5', token)).json())
  })

  test('a group is decoded once', async () => {
    await insertLicense(api.db, { groupName: 'r&d/50%25 ünit' })
    const page = await (await api.get(`/authlance/license/${encodeURIComponent('r&d/50%25 ünit')}`, await aSysadmin())).json()
    expect(page).toMatchObject({ total: 1, items: [{ groupName: 'r&d/50%25 ünit' }] })
  })
})

describe('400', () => {
  test.each(['', '%20'])('an empty or blank identifier: "%s"', async (identifier) => {
    const response = await api.get(`/authlance/license/${identifier}`, await aSysadmin())
    expect(response.status).toBe(400)
    expect((await response.json()).error).toBe('license id required')
  })

  test('a page that is not one, for a group', async () => {
    const response = await api.get('/authlance/license/acme?page=0', await aMember('acme'))
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatch(/^invalid pagination/)
  })
})

describe('401', () => {
  test.each(['a known license', 'an unknown license', 'a group', 'a reserved word'])('anonymous, %s', async (what) => {
    const paths = { 'a known license': path, 'an unknown license': `/authlance/license/${newLicenseId()}` }
    const others = { 'a group': '/authlance/license/acme', 'a reserved word': '/authlance/license/admin' }
    const response = await api.get({ ...paths, ...others }[what] ?? '')
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: 'unauthorized', code: 'unauthorized' })
  })
})

describe('403', () => {
  test.each(['license', 'group'])('a member of another group, %s', async (what) => {
    const response = await api.get(what === 'license' ? path : '/authlance/license/acme', await aMember('ácme'))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: 'forbidden', code: 'forbidden' })
  })

  test.each(['license', 'group'])('a token narrowed to something else, %s', async (what) => {
    const token = await aMember('acme', ['payments:checkout'])
    expect((await api.get(what === 'license' ? path : '/authlance/license/acme', token)).status).toBe(403)
  })
})

describe('404', () => {
  test('an unknown id, for every caller: nobody learns whose it is', async () => {
    const unknown = [newLicenseId(), 'L-', "L-' OR 1=1", crypto.randomUUID(), license.licenseId.replace('L-', 'L-0')]
    for (const token of [await aSysadmin(), await aMember('acme')]) {
      for (const id of unknown) {
        const response = await api.get(`/authlance/license/${encodeURIComponent(id)}`, token)
        expect([id, response.status]).toEqual([id, 404])
        expect((await response.json()).error).toBe('license not found')
      }
    }
  })

  test('the id is case-sensitive', async () => {
    const response = await api.get(`/authlance/license/L-${license.licenseId.slice(2).toLowerCase()}`, await aMember('acme'))
    expect(response.status).toBe(404)
  })

  test.each(['admin', 'groups', 'trial', 'internal', 'payments', 'stripe', 'keys'])(
    '%s is a route, not a group',
    async (word) => {
      const response = await api.get(`/authlance/license/${word}`, await aMember(word))
      expect(response.status).toBe(404)
      expect((await response.json()).code).toBe('not_found')
    },
  )
})
