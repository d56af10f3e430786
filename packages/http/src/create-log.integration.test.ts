import { spawnSync } from 'node:child_process'
import { DomainError } from '@licenseoperator/domain'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { aDriverError, keptLines } from '../test/an-app.ts'
import type { HttpEnv } from './http-env.ts'
import { accessLog, createLog, createMetrics, errorFields, metricsHandler, requestId } from './index.ts'

test('one parsable line per entry, whatever is in it', () => {
  const { lines, options } = keptLines()
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const log = createLog(options)
  log.info('a\n{"level":"error"}', { text: '\u0000\r\n"', big: 1n, msg: 'fake', service: 'fake', error: aDriverError() })
  log.warn('odd', { circular })
  expect(lines).toHaveLength(2)
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true)
  const [first, second] = lines.map((line) => JSON.parse(line))
  expect(first).toMatchObject({
    level: 'info',
    service: 'test',
    msg: 'a\n{"level":"error"}',
    big: '1',
    error: { code: 'ER_DUP_ENTRY' },
  })
  expect(lines[0]).not.toContain('INSERT')
  expect(second).toMatchObject({ msg: 'odd', unloggable: ['circular'] })
})

test('no field replaces one of ours, and a secret that somebody logs is not told', () => {
  const { lines, options } = keptLines()
  const failure = Object.assign(new Error('SECRET'), { code: 'ECONNRESET' })
  const deep = { accounts: [{ Password: 'SECRET' }] }
  const secrets = { token: 'SECRET', settings: { password: 'SECRET', apiKey: 'SECRET', port: 1, deep } }
  createLog(options).info('100 %s %d', { level: 'fake', time: 'fake', err: failure, all: [failure], ...secrets })
  const line = JSON.parse(lines.join(''))
  expect(line).toMatchObject({ level: 'info', msg: '100 %s %d', token: '[secret]', err: { code: 'ECONNRESET' } })
  expect(line).toMatchObject({ settings: { password: '[secret]', apiKey: '[secret]', port: 1 }, all: [{ code: 'ECONNRESET' }] })
  expect(new Date(line.time).toISOString()).toBe(line.time)
  expect(lines.join('')).not.toContain('SECRET')
  expect(lines.join('').match(/"(?:level|time|msg|service)":/g)).toHaveLength(4)
})

test('a line is out before the process that wrote it ends', () => {
  const program = `
    const { createLog } = await import(process.argv[1])
    const log = createLog({ service: 'test', level: 'info' })
    for (let n = 0; n < 3000; n += 1) log.info('line', { n, text: 'x'.repeat(100) })
    process.exit(3)
  `
  const log = new URL('./create-log.ts', import.meta.url).href
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program, log], { encoding: 'utf8' })
  expect(status).toBe(3)
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ msg: 'line', n: 2999 })
})

test('entries below the level are dropped', () => {
  const { lines, options } = keptLines()
  const log = createLog({ ...options, level: 'warn' })
  log.debug('a')
  log.info('b')
  log.warn('c')
  log.error('d')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['c', 'd'])
})

test('an error is reduced to an allow-list', () => {
  const odd = Object.assign(new Error('secret\n    at secret (/secret.ts:1:1)'), {
    code: 'has secret blanks',
    name: 'secret name',
  })
  expect(JSON.stringify(errorFields(odd))).not.toContain('secret')
  expect(errorFields(odd).name).toBe('Error')
  expect(errorFields(new DomainError('forbidden', 'forbidden'))).toEqual({
    name: 'DomainError',
    code: 'forbidden',
    message: 'forbidden',
  })
  expect(errorFields('secret')).toEqual({ name: 'thrown string' })
  expect(errorFields(new Error('a', { cause: 'secret' })).cause).toEqual({ name: 'thrown string' })
})

test('the access log and the metrics know patterns, not paths, and no query', async () => {
  const { lines, options } = keptLines()
  const metrics = createMetrics()
  const app = new Hono<HttpEnv>()
  app.use(requestId(), accessLog(createLog(options), metrics))
  app.get('/licenses/:id', (c) => c.text('x'))
  app.get('/metrics', metricsHandler(metrics))
  await app.request('/licenses/L-SECRET?token=SECRET', { headers: { Authorization: 'SECRET' } })
  await app.request('/SECRET', { method: 'SECRET' })
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'info', msg: 'request', method: 'GET', route: '/licenses/:id', status: 200 },
    { method: 'OTHER', route: '(no route)', status: 404 },
  ])
  const answer = await app.request('/metrics')
  const text = await answer.text()
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text).toContain(
    '# TYPE http_requests_total counter\nhttp_requests_total{method="GET",route="/licenses/:id",status="200"} 1\n',
  )
  expect(text).toContain('http_request_duration_seconds_bucket{le="+Inf",route="/licenses/:id"} 1\n')
  expect(lines.join('') + text).not.toContain('SECRET')
})

test('the exposition format: buckets are cumulative, labels escaped, names unique', async () => {
  const metrics = createMetrics()
  const waits = metrics.histogram('wait_seconds', 'Wait', ['of'], [1, 2])
  for (const seconds of [0.5, 1, 1.5, 3]) waits.observe({ of: 'a"\\\n' }, seconds)
  metrics.gauge('pool_size', 'Pool').set({}, 3)
  metrics.counter('events_total', 'Events', ['kind']).inc({ kind: 'x' }, 2)
  expect(await metrics.text()).toContain(
    [
      '# HELP wait_seconds Wait',
      '# TYPE wait_seconds histogram',
      'wait_seconds_bucket{le="1",of="a\\"\\\\\\n"} 2',
      'wait_seconds_bucket{le="2",of="a\\"\\\\\\n"} 3',
      'wait_seconds_bucket{le="+Inf",of="a\\"\\\\\\n"} 4',
      'wait_seconds_sum{of="a\\"\\\\\\n"} 6',
      'wait_seconds_count{of="a\\"\\\\\\n"} 4',
      '',
      '# HELP pool_size Pool',
      '# TYPE pool_size gauge',
      'pool_size 3',
      '',
      '# HELP events_total Events',
      '# TYPE events_total counter',
      'events_total{kind="x"} 2',
    ].join('\n'),
  )
  expect(() => metrics.gauge('pool_size', 'again')).toThrow('pool_size')
})

test('a metric says nothing before it is known, and the process is described', async () => {
  const metrics = createMetrics()
  const agree = metrics.gauge('books_agree', 'Agree')
  expect(await metrics.text()).not.toMatch(/^books_agree /m)
  agree.set({}, 0)
  const text = await metrics.text()
  expect(text).toMatch(/^books_agree 0$/m)
  for (const name of [
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    'process_cpu_seconds_total',
    'process_open_fds',
  ])
    expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'))
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
})
