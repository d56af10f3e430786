import type { Socket } from 'node:net'
import { silentLog } from '@licenseoperator/domain'
import { Hono } from 'hono'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { answerTo, dialRaw, get, gone, goneForAnother } from '../test/raw.ts'
import type { HttpEnv } from './http-env.ts'
import { createMetrics } from './metrics.ts'
import { addOperations, serveWithOperations } from './operations.ts'
import { type ServeOptions, type Serving, serveGracefully } from './serve-gracefully.ts'

const started: Serving[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(started.splice(0).map((serving) => serving.stop()))
})

async function serve(app: Hono<HttpEnv>, options: Partial<ServeOptions> = {}): Promise<Serving> {
  const serving = await serveGracefully({ fetch: app.fetch, host: '127.0.0.1', port: 0, log: silentLog, ...options })
  started.push(serving)
  return serving
}
async function dial(serving: Serving, options?: Parameters<typeof dialRaw>[1]): Promise<Socket> {
  const socket = await dialRaw(serving.port, options)
  sockets.push(socket)
  return socket
}

const BIG = new TextEncoder().encode('x'.repeat(4 * 1024 * 1024))

/** Counts what is asked of it. */
function anApp() {
  const asked: string[] = []
  const app = new Hono<HttpEnv>()
  app.use(async (c, next) => {
    asked.push(c.req.path)
    await next()
  })
  app.get('/big', (c) => c.body(BIG))
  app.get('/n/:n', (c) => c.text(`<${c.req.param('n')}>`))
  app.post('/n/:n', async (c) => c.text(`<${c.req.param('n')}:${(await c.req.text()).length}>`))
  return { app, asked }
}

describe('requests that arrive together on one connection', () => {
  test('are answered one after another, bodies and all', async () => {
    const serving = await serve(anApp().app)
    const post = (n: number) => `POST /n/${n} HTTP/1.1\r\nHost: x\r\nContent-Length: ${n}\r\n\r\n${'b'.repeat(n)}`
    const request = [get('/n/1', ''), post(40_000), get('/n/2', ''), post(0), get('/n/3')].join('')
    expect((await answerTo(serving.port, request)).match(/<[\d:]+>/g)).toEqual(['<1>', '<40000:40000>', '<2>', '<0:0>', '<3>'])
  })

  test('of those beyond seventeen none is looked at, and the last answer closes', async () => {
    const { app, asked } = anApp()
    const serving = await serve(app)
    const request = Array.from({ length: 100 }, (_, n) => get(`/n/${n}`, '')).join('')
    const answer = await answerTo(serving.port, request)
    expect(answer.match(/<\d+>/g)).toEqual(Array.from({ length: 17 }, (_, n) => `<${n}>`))
    expect(answer.match(/connection: close/gi)).toHaveLength(1)
    expect(asked).toHaveLength(17)
  })

  test('a flood of them that reads no answer is one answer in memory, and ends', async () => {
    const { app, asked } = anApp()
    const serving = await serve(app, { stuckMs: 300 })
    const socket = await dial(serving)
    socket.pause()
    for (let chunk = 0; chunk < 20; chunk += 1) socket.write(get('/big', '').repeat(200))
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0))
    await gone(socket)
    expect(asked).toEqual(['/big'])
  })
})

test('an answer that nobody takes is cut, also when it is the only one', async () => {
  const { app } = anApp()
  const cut = Promise.withResolvers<boolean>()
  app.get('/never-read', (c) => {
    const { outgoing } = c.env
    if (outgoing === undefined) return c.text('no socket', 500)
    outgoing.once('close', () => cut.resolve(outgoing.writableFinished))
    return c.body(BIG)
  })
  const serving = await serve(app, { stuckMs: 300 })
  const socket = await dial(serving, { request: get('/never-read', '') })
  socket.pause()
  // Seen from the server: this end reads nothing, and would not learn of it.
  expect(await cut.promise).toBe(false)
})

test('a connection on which nothing more is asked is kept for 65 seconds, and its client is told so', async () => {
  const serving = await serve(anApp().app)
  expect((await fetch(`${serving.url}/n/1`)).headers.get('keep-alive')).toMatch(/timeout=65\b/)
})

describe('too many connections', () => {
  /** Answers `/slow` when told to. */
  function aSlowApp() {
    const { app } = anApp()
    const entered = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    app.get('/slow', async (c) => {
      entered.resolve()
      await answer.promise
      return c.text('<done>')
    })
    return { app, entered: entered.promise, answer: answer.resolve }
  }

  test('of one address: its oldest idle one makes way, one at work never does', async () => {
    const slow = aSlowApp()
    const serving = await serve(slow.app, { connectionsPerAddress: 5 })
    const working = answerTo(serving.port, get('/slow'), '127.0.0.1')
    await slow.entered
    const idle = []
    for (let n = 0; n < 4; n += 1) idle.push(await dial(serving))
    expect(await answerTo(serving.port, get('/n/1'))).toMatch(/<1>$/)
    await goneForAnother(idle[0] ?? fail())
    expect(idle.slice(1).map((socket) => socket.closed)).toEqual([false, false, false])
    slow.answer()
    expect(await working).toMatch(/<done>$/)
  })

  test('of one address: it does not shut out another, nor itself', async () => {
    const serving = await serve(anApp().app, { connections: 50, connectionsPerAddress: 0 })
    for (let n = 0; n < 60; n += 1) await dial(serving, { from: '127.0.0.2' })
    expect(await answerTo(serving.port, get('/n/1'), '127.0.0.3')).toMatch(/<1>$/)
    expect(await answerTo(serving.port, get('/n/2'), '127.0.0.2')).toMatch(/<2>$/)
  })

  test('2000 of all addresses together, unless told otherwise', async () => {
    const serving = await serve(anApp().app, { connectionsPerAddress: 0 })
    const first = await dial(serving)
    for (let n = 1; n < 2000; n += 1) await dial(serving)
    expect(first.closed).toBe(false)
    await dial(serving)
    await goneForAnother(first)
  })

  test('all of them at work: the new one is refused, and a place that is free again is taken', async () => {
    const slow = aSlowApp()
    const serving = await serve(slow.app, { connectionsPerAddress: 1 })
    const working = answerTo(serving.port, get('/slow'))
    await slow.entered
    expect(await answerTo(serving.port, get('/n/1')).catch(() => '')).toBe('')
    slow.answer()
    expect(await working).toMatch(/<done>$/)
    await vi.waitFor(async () => expect(await answerTo(serving.port, get('/n/2'))).toMatch(/<2>$/))
  })

  test('of a configured proxy: many clients are behind it', async () => {
    const serving = await serve(anApp().app, { connectionsPerAddress: 2, trustedProxies: ['127.0.0.0/8'] })
    const all = []
    for (let n = 0; n < 10; n += 1) all.push(await dial(serving))
    expect(await answerTo(serving.port, get('/n/1'))).toMatch(/<1>$/)
    expect(all.some((socket) => socket.closed)).toBe(false)
  })
})

describe('what operators ask', () => {
  const anOperatedApp = (elsewhere: boolean) => {
    const operations = { checks: {}, timeoutMs: 100, metrics: createMetrics() }
    const app = new Hono<HttpEnv>()
    addOperations(app, operations, { elsewhere })
    app.get('/prefix/:name', (c) => c.text(`<${c.req.param('name')}>`))
    return { app, operations }
  }

  test.each([
    ['/prefix/%2e%2e/metrics', '404'],
    ['/prefix/%2E%2e/%2e./metrics', '404'],
    ['/prefix/.%2e/readyz', '404'],
    ['/prefix/../metrics', '404'],
    ['/prefix/./../metrics?x', '404'],
    ['/prefix\\..\\metrics', '404'],
    ['http://x/prefix/%2e%2e/metrics', '404'],
    ['/prefix/../prefix/a', '200'],
    ['/prefix/%2e%2e%2fmetrics', '200'],
    ['/prefix/a%2eb', '200'],
    ['/prefix/..a', '200'],
    ['/metrics', '200'],
  ])('is not reached from under a prefix: %s is %s', async (target, status) => {
    const serving = await serve(anOperatedApp(false).app)
    const answer = await answerTo(serving.port, get(target))
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    if (target !== '/metrics') expect(answer).not.toContain('process_resident_memory_bytes')
  })

  test('is answered on an address of its own where there is one; the public one keeps /healthz', async () => {
    const { app, operations } = anOperatedApp(true)
    const address = { host: '127.0.0.1', port: 0 }
    const serving = await serveWithOperations({ fetch: app.fetch, ...address, adminAddr: address, operations, log: silentLog })
    started.push(serving)
    const status = async (base: string | undefined, path: string) => (await fetch(`${base}${path}`)).status
    for (const path of ['/readyz', '/metrics'])
      expect([await status(serving.url, path), await status(serving.adminUrl, path)]).toEqual([404, 200])
    expect([await status(serving.url, '/healthz'), await status(serving.adminUrl, '/healthz')]).toEqual([200, 200])
    expect(await status(serving.adminUrl, '/prefix/a')).toBe(404)
  })
})

describe('draining', () => {
  test('serves on, says that it is not ready, closes old connections with their next answer, then stops', async () => {
    const draining = new AbortController()
    const { app } = anApp()
    addOperations(app, { checks: {}, timeoutMs: 100, metrics: createMetrics(), draining: draining.signal })
    const serving = await serve(app, { drainMs: 1500, onDrain: () => draining.abort() })
    const kept = await dial(serving, { request: get('/n/1', '') })
    await vi.waitFor(() => expect(kept.bytesRead).toBeGreaterThan(0))
    expect((await fetch(`${serving.url}/readyz`)).status).toBe(200)
    const stopped = serving.stop({ drain: true })
    const readiness = await fetch(`${serving.url}/readyz`)
    expect([readiness.status, await readiness.json()]).toEqual([503, { status: 'stopping' }])
    expect((await fetch(`${serving.url}/healthz`)).status).toBe(200)
    const fresh = await fetch(`${serving.url}/n/2`)
    expect([await fresh.text(), fresh.headers.get('connection')]).toEqual(['<2>', 'close'])
    kept.write(get('/n/3', ''))
    await gone(kept)
    await stopped
    await expect(fetch(serving.url)).rejects.toThrow()
  })

  test('a second stop does not wait for it', async () => {
    const serving = await serve(anApp().app, { drainMs: 3_600_000 })
    const stopped = serving.stop({ drain: true })
    await serving.stop({ drain: true })
    await stopped
  })

  test('a stop that nobody asked to drain does not', async () => {
    const serving = await serve(anApp().app, { drainMs: 3_600_000 })
    await serving.stop()
  })
})

function fail(): never {
  throw new Error('no socket')
}
