import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, anApi } from '../an-api.ts'

let api: AnApi
let natsAway = false

beforeAll(async () => {
  const nats = async () => {
    if (natsAway) throw new Error('away')
  }
  api = await anApi({ checks: { mysql: async () => undefined, nats } })
})
afterAll(() => api.close())

describe('health', () => {
  test('live whatever is away, ready only while nothing is', async () => {
    expect((await api.get('/readyz')).status).toBe(200)
    natsAway = true
    expect((await api.get('/readyz')).status).toBe(503)
    const live = await api.get('/healthz')
    expect(live.status).toBe(200)
    expect(await live.json()).toEqual({ status: 'ok' })
  })

  test('metrics name the route, never the group in its path', async () => {
    await api.get('/authlance/license/groups/secret-group/licenses')
    const text = await (await api.get('/metrics')).text()
    expect(text).toContain('/authlance/license/groups/:groupName/licenses')
    expect(text).not.toContain('secret-group')
  })
})

describe('unknown paths and methods', () => {
  test.each(['/', '/authlance', '/authlance/license', '/authlance/license/groups/acme', '/authlance/license/products/x/y'])(
    '404 for %s',
    async (path) => {
      const response = await api.get(path)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ error: 'not found', code: 'not_found', requestId: expect.any(String) })
    },
  )

  test.each([
    ['DELETE', '/authlance/license/products', 'GET'],
    ['POST', '/authlance/license/acme', 'GET'],
    ['GET', '/authlance/license/payments/api/v1/checkout-session', 'POST'],
  ])('405 for %s %s', async (method, path, allowed) => {
    const response = await api.app.request(path, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')?.split(', ')).toContain(allowed)
    expect((await response.json()).code).toBe('method_not_allowed')
  })
})
