import { connect, type Socket } from 'node:net'
import { silentLog } from '@licenseoperator/domain'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { anApp, aToken } from '../test/an-app.ts'
import type { HttpEnv } from './http-env.ts'
import { CannotListen, type ServeOptions, type Serving, serveGracefully } from './serve-gracefully.ts'

const started: Serving[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(started.splice(0).map((serving) => serving.stop()))
})

async function serve(options: Partial<ServeOptions> = {}): Promise<Serving> {
  const serving = await serveGracefully({ fetch: anApp().fetch, host: '127.0.0.1', port: 0, log: silentLog, ...options })
  started.push(serving)
  return serving
}

/** A handler that answers when told to; `entered` resolves once a request is inside. */
function aSlowApp() {
  const events: string[] = []
  const entered = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const app = new Hono<HttpEnv>().get('/slow', async (c) => {
    entered.resolve()
    await answer.promise
    events.push('answered')
    return c.text('done')
  })
  app.get('/', (c) => c.text('hello'))
  return { fetch: app.fetch, events, entered: entered.promise, answer: answer.resolve }
}

/** A bare connection; `closed` resolves with everything the server wrote until it closed. */
async function dial(serving: Serving, request = ''): Promise<{ socket: Socket; closed: Promise<string> }> {
  const socket = connect(serving.port, '127.0.0.1')
  sockets.push(socket)
  let written = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    written += chunk
  })
  const closed = new Promise<string>((resolve) => {
    socket.on('error', () => {}).on('close', () => resolve(written))
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(request)
  return { socket, closed }
}

const json = 'Host: x\r\nConnection: close\r\nContent-Type: application/json\r\n'

test('a port in use is one clear sentence', async () => {
  const { port } = await serve()
  const refused = await serve({ port }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(CannotListen)
  expect(refused).toMatchObject({
    message: `cannot listen on 127.0.0.1:${port}: the port is already in use`,
    code: 'EADDRINUSE',
    exitCode: 1,
  })
  await expect(serve({ host: '192.0.2.1' })).rejects.toThrow('no such address')
})

test('body limits hold on the wire', async () => {
  const { url } = await serve()
  const post = (body: BodyInit, headers = {}) => {
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'Content-Type': 'application/json', ...headers },
    }
    return fetch(`${url}/public-orders`, init).then((answer) => answer.status)
  }
  const order = '{"slug":"core","seats":1}'
  expect(await post(order)).toBe(200)
  expect(await post(new Blob([order]).stream())).toBe(200)
  for (const size of [65_537, 1_048_577]) {
    expect(await post(order.padEnd(size))).toBe(413)
    expect(await post(new Blob([order.padEnd(size)]).stream())).toBe(413)
  }
  expect(await post(order, { 'Content-Encoding': 'gzip' })).toBe(415)
  const raw = await fetch(`${url}/raw`, { method: 'POST', body: ' {}\n' })
  expect(await raw.json()).toEqual({ bytes: 4 })
})

test.each<[string, number, string]>([
  ['length and chunked', 400, `POST /raw HTTP/1.1\r\n${json}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['two lengths', 400, `POST /raw HTTP/1.1\r\n${json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
  ['no host', 400, 'GET /public HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['a header block above 16 KiB', 431, `GET /public HTTP/1.1\r\n${json}X: ${'x'.repeat(17_000)}\r\n\r\n`],
  ['POST without any body', 400, `POST /public-orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
  ['a plain GET', 200, `GET /public HTTP/1.1\r\n${json}\r\n`],
  ['dot segments reach the same protected path', 401, `GET /x/../%6de HTTP/1.1\r\n${json}\r\n`],
])('on the wire: %s', async (_name, status, request) => {
  const { closed } = await dial(await serve(), request)
  expect(await closed).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
})

test('two Authorization headers are refused, one of them alone is not', async () => {
  const serving = await serve()
  const header = `Authorization: Bearer ${await aToken()}\r\n`
  const one = await dial(serving, `GET /me HTTP/1.1\r\n${json}${header}\r\n`)
  expect(await one.closed).toMatch(/^HTTP\/1.1 200 /)
  const two = await dial(serving, `GET /me HTTP/1.1\r\n${json}${header}${header}\r\n`)
  expect(await two.closed).toMatch(/^HTTP\/1.1 401 /)
})

test('stop lets the request in flight finish, refuses new ones, then runs onStop', async () => {
  const slow = aSlowApp()
  const serving = await serve({ fetch: slow.fetch, onStop: async () => void slow.events.push('onStop') })
  const idle = await dial(serving, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const pending = fetch(`${serving.url}/slow`).then(async (answer) => {
    return [await answer.text(), answer.headers.get('connection')]
  })
  await slow.entered
  const stopped = serving.stop()
  expect(await idle.closed).toMatch(/hello$/) // an idle kept-alive connection is closed at once
  await expect(fetch(serving.url)).rejects.toThrow()
  slow.answer()
  expect(await pending).toEqual(['done', 'close'])
  await stopped
  expect(slow.events).toEqual(['answered', 'onStop'])
})

test('a second stop, or the time-out, cuts what hangs', async () => {
  for (const impatient of [true, false]) {
    const slow = aSlowApp()
    const serving = await serve({ fetch: slow.fetch, ...(impatient ? {} : { stopTimeoutMs: 20 }) })
    const cut = expect(fetch(`${serving.url}/slow`)).rejects.toThrow()
    await slow.entered
    const stopped = serving.stop()
    if (impatient) void serving.stop()
    await Promise.all([stopped, cut])
    slow.answer()
  }
})

test('a connection that never asked for anything does not hold up the stop', async () => {
  const serving = await serve({ stopTimeoutMs: 60_000 })
  const { closed } = await dial(serving)
  await serving.stop()
  expect(await closed).toBe('')
})
