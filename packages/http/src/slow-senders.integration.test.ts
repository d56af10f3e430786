import { text } from 'node:stream/consumers'
import { silentLog } from '@licenseoperator/domain'
import { afterEach, expect, test } from 'vitest'
import { anApp } from '../test/an-app.ts'
import { answerTo, dialRaw } from '../test/raw.ts'
import { type Serving, serveGracefully } from './serve-gracefully.ts'

const started: Serving[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((serving) => serving.stop()))
})

// Node counts these times by itself, on no clock that a test could turn; a socket that is merely stuck is cut much later here, and without a word.
test('who sends nothing or half a header block is told 408 while a body may still come; later so is who sends half a body', async () => {
  const serving = await serveGracefully({
    fetch: anApp().fetch,
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    stuckMs: 3_600_000,
  })
  started.push(serving)
  const slow = 'POST /raw HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\nhalf'
  const late = await dialRaw(serving.port, { request: slow })
  const lateAnswer = text(late)
  const never = answerTo(serving.port, slow)
  const headers = ['', 'GET /public HTTP/1.1\r\nHost: x\r\n'].map((request) => answerTo(serving.port, request))
  for (const answer of await Promise.all(headers)) expect(answer).toMatch(/^HTTP\/1.1 408 /)
  late.write('half')
  expect(await lateAnswer).toMatch(/^HTTP\/1.1 200 /)
  expect(await never).toMatch(/^HTTP\/1.1 408 /)
}, 60_000)
