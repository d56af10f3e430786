import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { addHealth, type HealthOptions } from './health.ts'
import type { HttpEnv } from './http-env.ts'

function anAppWith(checks: Record<string, () => Promise<void>>, options: Partial<HealthOptions> = {}): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  addHealth(app, { checks, timeoutMs: 20, ...options })
  return app
}

const up = async () => {}
const down = async () => {
  throw new Error('connect ECONNREFUSED root:secret@10.0.0.7')
}

test('alive whatever the dependencies do', async () => {
  const answer = await anAppWith({ mysql: down }).request('/healthz')
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
})

test('ready when every check is', async () => {
  const answer = await anAppWith({ mysql: up, jetstream: up }).request('/readyz')
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', checks: { mysql: 'up', jetstream: 'up' } }])
})

test('not ready names what is down, or silent, and nothing else', async () => {
  const silent = () => new Promise<void>(() => {})
  const answer = await anAppWith({ mysql: down, jetstream: silent, clock: up }).request('/readyz')
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await answer.json()).toEqual({ status: 'unavailable', checks: { mysql: 'down', jetstream: 'down', clock: 'up' } })
})

test('many probes at once ask each dependency once', async () => {
  let asked = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const app = anAppWith({
    mysql: () => {
      asked += 1
      return promise
    },
  })
  const probes = Array.from({ length: 20 }, () => app.request('/readyz'))
  resolve()
  expect((await Promise.all(probes)).map((answer) => answer.status)).toEqual(Array(20).fill(200))
  expect(asked).toBe(1)
})

test('where one dependency is enough, it is ready as soon as one is up, and not when none is', async () => {
  const silent = () => new Promise<void>(() => {})
  // Whoever waited for the silent one would wait longer than this test.
  const ready = await anAppWith({ mysql: silent, nats: up }, { ready: 'any', timeoutMs: 120_000 }).request('/readyz')
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', checks: { nats: 'up' } }])
  const late = await anAppWith({ mysql: down, nats: up }, { ready: 'any' }).request('/readyz')
  expect(late.status).toBe(200)
  const none = await anAppWith({ mysql: down, nats: silent }, { ready: 'any' }).request('/readyz')
  expect([none.status, await none.json()]).toEqual([503, { status: 'unavailable', checks: { mysql: 'down', nats: 'down' } }])
})

test('a process that is leaving is alive and not ready, whatever is up', async () => {
  const draining = new AbortController()
  const app = anAppWith({ mysql: up }, { draining: draining.signal })
  expect((await app.request('/readyz')).status).toBe(200)
  draining.abort()
  const answer = await app.request('/readyz')
  expect([answer.status, await answer.json()]).toEqual([503, { status: 'stopping' }])
  expect((await app.request('/healthz')).status).toBe(200)
})
