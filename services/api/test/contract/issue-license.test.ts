import { insertProduct } from '@licenseoperator/db/testing'
import { loadVerificationKey, verifyLicense } from '@licenseoperator/signing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense, publicKeyPem } from '../an-api.ts'

const PATH = '/authlance/license/internal/issue'
const NOW = new Date('2026-03-01T12:00:00Z')
let api: AnApi

beforeAll(async () => {
  api = await anApi({ now: () => NOW })
})
afterAll(() => api.close())

const asked = (fields: object = {}) => ({
  group: `g-${crypto.randomUUID()}`,
  email: 'owner@acme.test',
  productKey: 'core',
  ...fields,
})
async function issue(body: unknown, token?: string) {
  return api.send('POST', PATH, body, token ?? (await aSysadmin()))
}
const stored = () => api.db.selectFrom('licenses').selectAll().execute()

describe('201', () => {
  test("without persist: signed with the policy's defaults, returned, not stored", async () => {
    const before = (await stored()).length
    const answer = await issue(asked({ group: ' acme ', domain: 'ACME.test', managedProducts: 5 }))
    expect(answer.status).toBe(201)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const verdict = verifyLicense(await answer.text(), loadVerificationKey(publicKeyPem), { now: () => NOW })
    expect(verdict).toMatchObject({
      status: 'valid',
      license: { group: 'acme', plan: 'subscription', seats: 5, domain: 'acme.test', expiresAt: '2027-03-01T12:00:00Z' },
    })
    expect(await stored()).toHaveLength(before)
  })

  test('with persist: stored as returned, audited, not announced', async () => {
    const body = asked({ plan: ' Alpha ', exp: '2030-01-01T01:00:00+01:00', persist: true, priceLocked: true })
    const text = await (await issue(body)).text()
    const row = await api.db.selectFrom('licenses').selectAll().where('group_key', '=', body.group).executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      license_text: text,
      plan: 'alpha',
      price_locked: 1,
      expires_at: new Date('2030-01-01T00:00:00Z'),
    })
    const entries = await api.db.selectFrom('audit_log').selectAll().where('subject', '=', `license:${row.license_id}`).execute()
    expect(entries).toMatchObject([{ actor: 'root', action: 'license.issued' }])
    expect(await api.db.selectFrom('outbox').selectAll().execute()).toEqual([])
  })
})

describe('200: an equal license exists', () => {
  test('however many ask at once, one is stored and all get its text', async () => {
    const body = asked({ persist: true })
    const token = await aSysadmin()
    const answers = await Promise.all(Array.from({ length: 200 }, () => issue(body, token)))
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())))
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(199)
    expect(texts.size).toBe(1)
  })

  test('what was not asked for does not count: without exp and seats the one with both is returned', async () => {
    const body = asked({ persist: true })
    const first = await (await issue({ ...body, exp: '2030-01-01T00:00:00Z', managedProducts: 9 })).text()
    const again = await issue(body)
    expect({ status: again.status, text: await again.text() }).toEqual({ status: 200, text: first })
  })

  test.each([
    ['another end', { exp: '2031-01-01T00:00:00Z' }],
    ['other seats', { managedProducts: 10 }],
    ['another plan', { plan: 'beta' }],
    ['a domain', { domain: '.acme.test' }],
    ['another product key', { productKey: 'pro' }],
  ])('%s makes another license', async (_what, change) => {
    const body = asked({ persist: true, exp: '2030-01-01T00:00:00Z', managedProducts: 9 })
    await issue(body)
    expect((await issue({ ...body, ...change })).status).toBe(201)
  })

  test.each([
    ['revoked', { revokedAt: true }],
    ['expired', { expiresAt: new Date('2026-02-01T00:00:00Z') }],
    ['a trial', { kind: 'trial' as const }],
  ])(
    'one that is %s is none',
    async (_what, { revokedAt, ...fields }: { revokedAt?: boolean; expiresAt?: Date; kind?: 'trial' }) => {
      const body = asked({ persist: true, plan: 'core' })
      const old = await insertLicense(api.db, { groupName: body.group, plan: 'core', ...fields })
      if (revokedAt === true)
        await api.db.updateTable('licenses').set({ revoked_at: NOW }).where('license_id', '=', old.licenseId).execute()
      expect((await issue(body)).status).toBe(201)
    },
  )
})

describe('400 invalid payload', () => {
  test.each([
    [{ group: undefined }, 'group'],
    [{ group: '  ' }, 'group'],
    [{ group: 'g'.repeat(129) }, 'group'],
    [{ group: 0 }, 'group'],
    [{ group: 'a\u0000b' }, 'group'],
    [{ group: '\ud800' }, 'group'],
    [{ email: 'nobody' }, 'email'],
    [{ email: undefined }, 'email'],
    [{ productKey: undefined }, 'productKey'],
    [{ productKey: 'unknown' }, 'productKey'],
    [{ plan: '' }, 'plan'],
    [{ exp: '2020-01-01T00:00:00Z' }, 'exp'],
    [{ exp: '2030-01-01T00:00:00' }, 'exp'],
    [{ exp: '2026-02-30T00:00:00Z' }, 'exp'],
    [{ exp: '20000-01-01T00:00:00Z' }, 'exp'],
    [{ exp: '2030-01-01' }, 'exp'],
    [{ managedProducts: -1 }, 'managedProducts'],
    [{ managedProducts: 1.5 }, 'managedProducts'],
    [{ managedProducts: 2 ** 40 }, 'managedProducts'],
    [{ managedProducts: '5' }, 'managedProducts'],
    [{ persist: 'true' }, 'persist'],
    [{ priceLocked: 1 }, 'priceLocked'],
    [{ domain: 'a b' }, 'domain'],
  ])('%j names %s', async (change, field) => {
    const answer = await issue({ ...asked({ persist: true }), ...change })
    expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid payload: /),
      code: 'invalid_payload',
      field,
    })
  })
})

test('409 when the product has no license left', async () => {
  await insertProduct(api.db, { slug: 'rare', productKey: 'core', plan: 'rare', maxLicenseTotal: 1 })
  expect((await issue(asked({ plan: 'rare', persist: true }))).status).toBe(201)
  const answer = await issue(asked({ plan: 'rare', persist: true }))
  expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({ status: 409, code: 'quota_exceeded' })
})

test('a perpetual license counts in its cap whatever type its product is listed under', async () => {
  const perpetual = { type: 'subscription', metadata: { license_type: 'perpetual' } } as const
  await insertProduct(api.db, { slug: 'forever', productKey: 'pro', plan: 'forever', maxLicenseTotal: 1, ...perpetual })
  expect((await issue(asked({ plan: 'forever', productKey: 'pro', persist: true, group: 'first' }))).status).toBe(201)
  const answer = await issue(asked({ plan: 'forever', productKey: 'pro', persist: true, group: 'second' }))
  expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({ status: 409, code: 'quota_exceeded' })
})

test('the product that speaks for the key counts it, as for trials: the active one-off, bundle or not, whatever plan is asked for', async () => {
  const bundledProducts = [{ productKey: 'core', quantity: 1 }]
  await insertProduct(api.db, { slug: 'pro-year', productKey: 'pro', type: 'subscription', billingInterval: 'year' })
  await insertProduct(api.db, { slug: 'pro-once', productKey: 'pro', plan: 'once', maxLicenseTotal: 1, bundledProducts })
  const wanted = { productKey: 'pro', plan: 'anything', persist: true }
  expect((await issue(asked(wanted))).status).toBe(201)
  expect((await issue(asked(wanted))).status).toBe(409)
})

test('who may: sysadmins whose scopes allow it, nobody else', async () => {
  expect((await api.send('POST', PATH, asked())).status).toBe(401)
  expect((await issue(asked({ group: 'acme' }), await aMember('acme'))).status).toBe(403)
  expect((await issue(asked(), await aSysadmin(['catalog:admin']))).status).toBe(403)
  expect((await issue(asked(), await aSysadmin(['licenses:issue']))).status).toBe(201)
})
