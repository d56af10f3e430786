import { type Database, openDatabase } from '@licenseoperator/db'
import { newLicenseId } from '@licenseoperator/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, aMember, anApi } from '../an-api.ts'
import { startUncalledStripe } from '../uncalled-stripe.ts'

let stripe: Awaited<ReturnType<typeof startUncalledStripe>>
let away: Database
let api: AnApi

beforeAll(async () => {
  stripe = await startUncalledStripe()
  away = openDatabase({ host: '127.0.0.1', port: 9, user: 'nobody', password: 'no-such-password', database: 'none' })
  api = await anApi({
    db: away.db,
    checks: { mysql: () => away.ping() },
    stripe: { apiKey: 'sk_test_uncalled', apiBase: stripe.apiBase },
  })
})
afterAll(async () => {
  await api.close()
  await away.close()
  await stripe.stop()
})

async function expectAway(response: Response): Promise<void> {
  expect(response.status).toBe(503)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await response.json()).toEqual({
    error: 'temporarily unavailable',
    code: 'temporarily_unavailable',
    requestId: expect.any(String),
  })
}

describe('503', () => {
  test.each(['product', 'products', newLicenseId(), 'acme', 'groups/acme/licenses'])('GET %s', async (path) => {
    await expectAway(await api.get(`/authlance/license/${path}`, await aMember('acme')))
  })

  test('a checkout never reaches Stripe', async () => {
    await expectAway(await api.checkout({ lookupKey: 'fixed', organizationName: 'acme' }, await aMember('acme')))
    expect(stripe.calls()).toBe(0)
  })

  test('not ready, alive, and who may not ask is told so as ever', async () => {
    expect((await api.get('/readyz')).status).toBe(503)
    expect((await api.get('/healthz')).status).toBe(200)
    expect((await api.get('/authlance/license/groups/acme/licenses', await aMember('other'))).status).toBe(403)
  })
})
