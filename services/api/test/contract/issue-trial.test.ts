import { insertProduct } from '@licenseoperator/db/testing'
import { loadVerificationKey, verifyLicense } from '@licenseoperator/signing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, aMember, anApi, aSysadmin, publicKeyPem } from '../an-api.ts'

let api: AnApi
let now = new Date('2026-03-01T12:00:00Z')

beforeAll(async () => {
  api = await anApi({ now: () => now })
  await insertProduct(api.db, { slug: 'core', productKey: 'core', maxManagedProducts: 7 })
})
afterAll(() => api.close())

const group = () => `g-${crypto.randomUUID()}`
const path = (name: string) => `/authlance/license/trial/${encodeURIComponent(name)}/issue`
async function trial(name: string, body: unknown = { domain: '.acme.test' }, token?: string, on = api) {
  return on.send('POST', path(name), body, token ?? (await aMember(name)))
}

describe('201', () => {
  test('a license of eight hours that verifies, with the domain as sent in lower case and the seats of the product', async () => {
    const name = group()
    const answer = await trial(name, { domain: ' .ACME.test ', email: 'owner@acme.test', productKey: ' CORE ' })
    const text = await answer.text()
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 201,
      type: 'text/plain; charset=utf-8',
    })
    const verdict = verifyLicense(text, loadVerificationKey(publicKeyPem), { now: () => now })
    expect(verdict).toMatchObject({
      status: 'valid',
      license: {
        group: name,
        plan: 'trial',
        licenseType: 'trial',
        domain: '.acme.test',
        seats: 7,
        priceLocked: false,
        expiresAt: '2026-03-01T20:00:00Z',
      },
    })
    expect(await api.db.selectFrom('outbox').selectAll().execute()).toEqual([])
    const audit = await api.db.selectFrom('audit_log').selectAll().where('action', '=', 'trial.issued').execute()
    expect(audit.at(-1)).toMatchObject({ actor: 'ada' })
  })

  test("without e-mail and product key: the token's address, and the key of the default product", async () => {
    const name = group()
    await trial(name, { domain: 'acme.test' })
    const row = await api.db.selectFrom('licenses').selectAll().where('group_key', '=', name).executeTakeFirstOrThrow()
    expect(row).toMatchObject({ email: 'ada@acme.test', product_key: 'core', kind: 'trial' })
  })
})

test('the product that speaks for the key grants the seats, as for licenses by hand: the active one-off, however new', async () => {
  await insertProduct(api.db, { slug: 'pro-gone', productKey: 'pro', active: false, maxManagedProducts: 1 })
  await insertProduct(api.db, {
    slug: 'pro-year',
    productKey: 'pro',
    type: 'subscription',
    billingInterval: 'year',
    maxManagedProducts: 2,
  })
  await insertProduct(api.db, { slug: 'pro-once', productKey: 'pro', maxManagedProducts: 3 })
  const name = group()
  expect((await trial(name, { domain: 'acme.test', productKey: 'pro' })).status).toBe(201)
  const row = await api.db.selectFrom('licenses').selectAll().where('group_key', '=', name).executeTakeFirstOrThrow()
  expect(row).toMatchObject({ product_slug: 'pro-once', seats: 3 })
})

describe('200', () => {
  test('the same text while it runs, in any spelling of the group, and no field of it changes', async () => {
    const name = group()
    const first = await (await trial(name)).text()
    const again = await trial(name.toUpperCase(), { domain: '.other.test' }, await aMember(name))
    expect({ status: again.status, text: await again.text() }).toEqual({ status: 200, text: first })
  })

  test('500 requests at once: one 201, 499 times 200 with the same text', async () => {
    const name = group()
    const token = await aMember(name)
    const spellings = [name, name.toUpperCase(), ` ${name} `]
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const answer = await trial(spellings[index % 3] ?? name, undefined, token)
        return { status: answer.status, text: await answer.text() }
      }),
    )
    const tally = Map.groupBy(answers, (answer) => answer.status)
    expect([tally.get(201)?.length, tally.get(200)?.length]).toEqual([1, 499])
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
  })
})

describe('409 trial already issued', () => {
  test('for another product key while the first runs, and for any after it expired', async () => {
    const name = group()
    await trial(name)
    const other = await trial(name, { domain: '.acme.test', productKey: 'pro' })
    expect(await other.json()).toMatchObject({ error: 'trial already issued', code: 'trial_already_issued' })
    expect(other.status).toBe(409)
    const before = now
    now = new Date(now.getTime() + 9 * 3_600_000)
    expect((await trial(name)).status).toBe(409)
    now = before
  })

  test('a revoked trial is not replaced, and the memory of it survives the license', async () => {
    const name = group()
    await trial(name)
    await api.db.updateTable('licenses').set({ revoked_at: now }).where('group_key', '=', name).execute()
    expect((await trial(name)).status).toBe(409)
    await api.db.deleteFrom('licenses').where('group_key', '=', name).execute()
    expect((await trial(name)).status).toBe(409)
  })

  test('with a cooldown: another trial once that many days have passed since the expiry, exactly one at once', async () => {
    let clock = new Date('2026-03-01T12:00:00Z')
    const cooled = await anApi({
      now: () => clock,
      config: { trials: { enabled: true, durationHours: 8, cooldownDays: 30 } },
    })
    const name = group()
    const body = { domain: '.acme.test', productKey: 'core' }
    expect((await trial(name, body, undefined, cooled)).status).toBe(201)
    clock = new Date('2026-03-31T19:59:59Z')
    expect((await trial(name, body, undefined, cooled)).status).toBe(409)
    clock = new Date('2026-03-31T20:00:00Z')
    const token = await aMember(name)
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await trial(name, body, token, cooled)).status))
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 200)).toHaveLength(19)
    await cooled.close()
  })
})

describe('400 invalid payload', () => {
  test.each([
    [{}, 'domain'],
    [{ domain: '' }, 'domain'],
    [{ domain: '   ' }, 'domain'],
    [{ domain: 'a b' }, 'domain'],
    [{ domain: 'http://x' }, 'domain'],
    [{ domain: 'x'.repeat(300) }, 'domain'],
    [{ domain: 0 }, 'domain'],
    [{ domain: [0] }, 'domain'],
    [{ domain: '.acme.test', email: 'nobody' }, 'email'],
    [{ domain: '.acme.test', email: `${'a'.repeat(250)}@acme.test` }, 'email'],
    [{ domain: '.acme.test', productKey: 'unknown' }, 'productKey'],
    [{ domain: '.acme.test', productKey: 0 }, 'productKey'],
  ])('%j names %s and writes nothing', async (body, field) => {
    const name = group()
    const answer = await trial(name, body)
    expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid payload/),
      code: 'invalid_payload',
      field,
    })
    expect(await api.db.selectFrom('trials').selectAll().where('group_key', '=', name).execute()).toEqual([])
  })

  test('a group of 200 characters', async () => {
    expect((await trial('g'.repeat(200), undefined, await aSysadmin())).status).toBe(400)
  })
})

describe('who may', () => {
  test('nobody without a token, no foreign member, no narrowed token; members and sysadmins', async () => {
    const name = group()
    expect((await api.send('POST', path(name), { domain: '.a.test' })).status).toBe(401)
    expect((await trial(name, undefined, await aMember('globex'))).status).toBe(403)
    const narrowed = await trial(name, undefined, await aMember(name, ['licenses:read']))
    expect({ status: narrowed.status, ...(await narrowed.json()) }).toMatchObject({ status: 403, code: 'insufficient_scope' })
    expect((await trial(name, undefined, await aMember(name, ['trials:issue']))).status).toBe(201)
    expect((await trial(group(), undefined, await aSysadmin())).status).toBe(201)
  })

  test('403 for all while trials are switched off', async () => {
    const off = await anApi({ config: { trials: { enabled: false, durationHours: 8, cooldownDays: 0 } } })
    const answer = await trial('acme', undefined, await aSysadmin(), off)
    expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({ status: 403, error: 'forbidden' })
    await off.close()
  })
})
