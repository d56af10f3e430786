import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense } from '../an-api.ts'

const NOW = new Date('2026-06-01T00:00:00Z')
const PATH = '/authlance/license/groups/acme/licenses'
let api: AnApi
let ids: string[]

beforeAll(async () => {
  api = await anApi({ now: () => NOW })
  const at = (month: string) => new Date(`2026-${month}-01T00:00:00Z`)
  const oldest = await insertLicense(api.db, { issuedAt: at('01'), expiresAt: at('02'), plan: 'alpha', kind: 'trial' })
  const middle = await insertLicense(api.db, { issuedAt: at('02'), domain: '.acme.test', groupName: 'ACME' })
  const newest = await insertLicense(api.db, {
    issuedAt: at('03'),
    priceLocked: true,
    expiresAt: new Date('9999-12-31T23:59:59Z'),
  })
  await insertLicense(api.db, { groupName: 'other' })
  await api.db.updateTable('licenses').set({ revoked_at: NOW }).where('license_id', '=', middle.licenseId).execute()
  ids = [newest.licenseId, middle.licenseId, oldest.licenseId]
})
afterAll(() => api.close())

describe('200', () => {
  test('newest first: expired, revoked and trial licenses included, other groups not', async () => {
    const response = await api.get(PATH, await aMember('acme'))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      page: 1,
      pageSize: 20,
      total: 3,
      items: [
        {
          licenseId: ids[0],
          groupName: 'acme',
          productKey: 'core',
          plan: 'core',
          status: 'ACTIVE',
          priceLocked: true,
          createdAt: '2026-03-01T00:00:00Z',
          exp: '9999-12-31T23:59:59Z',
        },
        {
          licenseId: ids[1],
          groupName: 'ACME',
          productKey: 'core',
          plan: 'core',
          domain: '.acme.test',
          status: 'REVOKED',
          priceLocked: false,
          createdAt: '2026-02-01T00:00:00Z',
          exp: '2027-01-01T00:00:00Z',
        },
        {
          licenseId: ids[2],
          groupName: 'acme',
          productKey: 'core',
          plan: 'alpha',
          status: 'EXPIRED',
          priceLocked: false,
          createdAt: '2026-01-01T00:00:00Z',
          exp: '2026-02-01T00:00:00Z',
        },
      ],
    })
  })

  test('pages: the effective numbers are echoed, a page past the end is empty', async () => {
    const token = await aMember('acme')
    const second = await (await api.get(`${PATH}?page=2&pageSize=2`, token)).json()
    expect(second).toMatchObject({ page: 2, pageSize: 2, total: 3, items: [{ licenseId: ids[2] }] })
    expect(await (await api.get(`${PATH}?pageSize=250`, token)).json()).toMatchObject({ pageSize: 100 })
    expect(await (await api.get(`${PATH}?page=9`, token)).json()).toEqual({ items: [], page: 9, pageSize: 20, total: 3 })
    expect((await api.get(`${PATH}?page=999999999999999&pageSize=100`, token)).status).toBe(200)
  })

  test('a plan is matched whole and without regard to case', async () => {
    const token = await aMember('acme')
    expect(await (await api.get(`${PATH}?plan=ALPHA`, token)).json()).toMatchObject({ total: 1, items: [{ plan: 'alpha' }] })
    expect(await (await api.get(`${PATH}?plan=alph`, token)).json()).toMatchObject({ total: 0, items: [] })
  })

  test('of a repeated value the first counts', async () => {
    expect(await (await api.get(`${PATH}?page=2&page=1`, await aMember('acme'))).json()).toMatchObject({ page: 2 })
  })

  test('a sysadmin sees any group, an unknown one is empty', async () => {
    const token = await aSysadmin()
    expect(await (await api.get(PATH, token)).json()).toMatchObject({ total: 3 })
    expect(await (await api.get('/authlance/license/groups/nobody/licenses', token)).json()).toMatchObject({
      total: 0,
      items: [],
    })
  })

  test('a group named like a route or like a license is reached here', async () => {
    for (const group of ['admin', 'L-team']) {
      await insertLicense(api.db, { groupName: group })
      const page = await (await api.get(`/authlance/license/groups/${group}/licenses`, await aMember(group))).json()
      expect(page).toMatchObject({ total: 1, items: [{ groupName: group }] })
    }
  })
})

describe('400', () => {
  test.each(['page=0', 'page=-1', 'page=1.5', 'page=x', 'page=', 'pageSize=0', 'pageSize=1e2', 'page=9999999999999999999'])(
    '%s',
    async (query) => {
      const response = await api.get(`${PATH}?${query}`, await aMember('acme'))
      expect(response.status).toBe(400)
      expect((await response.json()).error).toMatch(/^invalid pagination/)
    },
  )
})

describe('401', () => {
  test('anonymous', async () => {
    expect((await api.get(PATH)).status).toBe(401)
  })
})

describe('403', () => {
  test('a member of another group learns nothing, also of a group that does not exist', async () => {
    const token = await aMember('other')
    for (const group of ['acme', 'nobody']) {
      expect((await api.get(`/authlance/license/groups/${group}/licenses`, token)).status).toBe(403)
    }
  })

  test('a token narrowed to something else', async () => {
    expect((await api.get(PATH, await aMember('acme', ['trials:issue']))).status).toBe(403)
  })
})
