import { createServer } from 'node:net'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { type AnSmtpServer, aCertificate, anSmtpServer, type Behaviour } from '../../testing/index.ts'
import { composeMessage, type Message, UnsafeHeader } from './compose-message.ts'
import { type SmtpSettings, sendMessage } from './send-message.ts'

const servers: { stop(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})
async function serving(...input: Parameters<typeof anSmtpServer>): Promise<AnSmtpServer> {
  const server = await anSmtpServer(...input)
  servers.push(server)
  return server
}

const mail: Message = {
  from: { name: 'Lizenzstelle, „Süd“', address: 'licenses@vendor.test' },
  to: 'ada@acme.test',
  messageId: '<N-1@vendor.test>',
  date: new Date('2026-03-01T09:30:00Z'),
  content: { subject: 'Ihre Lizenz für Core', text: 'Grüße\n', html: '<p>Grüße</p>' },
  attachment: { fileName: 'L-1.lic', text: '-----BEGIN LICENSE-----\nabc\n-----END LICENSE-----\n' },
}
const settings = (port: number, more: Partial<SmtpSettings> = {}): SmtpSettings => ({
  host: '127.0.0.1',
  port,
  secure: 'none',
  user: undefined,
  password: undefined,
  tls: undefined,
  connectMs: 400,
  handoverMs: 5000,
  answerMs: 5000,
  ...more,
})
const send = async (to: SmtpSettings) => sendMessage(to, { from: mail.from.address, to: mail.to }, await composeMessage(mail))

test('a message arrives whole: headers, both bodies, and the license byte by byte', async () => {
  const server = await serving()
  expect(await send(settings(server.port))).toEqual({ kind: 'sent' })
  const [{ raw, messageId, to } = { raw: '', messageId: '', to: '' }] = server.received
  expect({ messageId, to }).toEqual({ messageId: mail.messageId, to: mail.to })
  expect(raw).toContain('<licenses@vendor.test>')
  expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  expect(raw).toMatch(/^Subject: =\?UTF-8\?Q\?Ihre_Lizenz_f=C3=BCr_Core\?=\r$/m)
  expect(raw).toMatch(/Content-Type: multipart\/alternative/)
  const attached = /filename=L-1\.lic\r\n\r\n(?<body>[A-Za-z0-9+/=\r\n]+?)\r\n--/.exec(raw)?.groups?.body ?? ''
  expect(Buffer.from(attached, 'base64').toString()).toBe(mail.attachment.text)
})

describe('what became of it', () => {
  test.each<[Behaviour, string, RegExp]>([
    ['refuse recipient', 'refused', /^RCPT TO: .*550 5\.1\.1 <\[address\]>: no/],
    ['refuse message', 'refused', /554/],
    ['refuse relay', 'server', /^RCPT TO: .*554 5\.7\.1 <\[address\]>: Relay/],
    ['later', 'later', /451/],
    ['close early', 'server', /closed/],
    ['hang', 'unknown', /did not answer/],
    ['take and close', 'unknown', /closed/],
  ])('%s: %s', async (behaviour, kind, reason) => {
    const server = await serving(() => behaviour)
    const answerMs = behaviour === 'hang' ? 400 : 5000
    expect(await send(settings(server.port, { answerMs }))).toEqual({ kind, reason: expect.stringMatching(reason) })
    expect(server.received).toHaveLength(behaviour === 'take and close' ? 1 : 0)
  })

  test('nobody listens', async () => {
    const server = await serving()
    await server.stop()
    expect(await send(settings(server.port))).toEqual({ kind: 'server', reason: expect.stringContaining('ECONNREFUSED') })
  })

  test('a server that never says a word', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    servers.push({ stop: () => new Promise((resolve) => mute.close(() => resolve())) })
    const address = mute.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(await send(settings(port))).toMatchObject({ kind: 'server' })
  })

  test('a server that is leaving, or takes nobody, is no fault of the message', async () => {
    const leaving = await serving(() => 'take', { onMailFrom: (_from, _session, done) => done(failure(421)) })
    expect(await send(settings(leaving.port))).toEqual({ kind: 'server', reason: expect.stringContaining('421') })
    const late = await serving(() => 'take', {
      onData: (stream, _session, done) => void stream.resume().once('end', () => done(failure(421))),
    })
    expect(await send(settings(late.port))).toEqual({ kind: 'server', reason: expect.stringContaining('421') })
    const closed = await serving(() => 'take', { onConnect: (_session, done) => done(failure(554)) })
    expect(await send(settings(closed.port))).toMatchObject({ kind: 'server' })
  })

  test.each([550, 553, 451])('a sender that the server does not allow is no fault of the message: %i', async (code) => {
    const server = await serving(() => 'take', { onMailFrom: (_from, _session, done) => done(failure(code)) })
    const reason = expect.stringMatching(new RegExp(`^MAIL FROM: .*${code}`))
    expect(await send(settings(server.port))).toEqual({ kind: 'server', reason })
  })

  test('a message larger than the server takes is refused', async () => {
    const server = await serving(() => 'take', { size: 100 })
    expect(await send(settings(server.port))).toMatchObject({ kind: 'refused' })
  })

  test('a server that thinks about the message for longer than everything else may take is waited for', async () => {
    const server = await serving(() => 'slow')
    expect(await send(settings(server.port, { handoverMs: 2000, answerMs: 60_000 }))).toEqual({ kind: 'sent' })
    expect(server.received).toHaveLength(1)
  })

  test('told to stop: what the server has not all of ends at once, for the rest its answer is waited for', async () => {
    const message = await composeMessage(mail)
    const stopped = { kind: 'stopped', reason: 'we stop, and the server did not have the message' }
    const sendTo = ({ port }: AnSmtpServer, signal: AbortSignal) =>
      sendMessage(settings(port, { answerMs: 60_000 }), { from: mail.from.address, to: mail.to }, message, signal)
    const early = new AbortController()
    const mute = await serving(() => 'take', { onMailFrom: () => early.abort() })
    expect(await sendTo(mute, early.signal)).toEqual(stopped)
    expect(await sendTo(mute, early.signal)).toEqual(stopped)
    expect(mute.sessions()).toBe(1)

    const late = new AbortController()
    const onData: SMTPServerOptions['onData'] = (stream, _session, done) =>
      void stream.resume().once('end', () => {
        late.abort()
        setTimeout(() => done(null), 300)
      })
    expect(await sendTo(await serving(() => 'take', { onData }), late.signal)).toEqual({ kind: 'sent' })

    const never = new AbortController()
    const silent = await serving(() => 'take', { onData: (stream) => void stream.resume().once('end', () => never.abort()) })
    const reason = 'we stop, and the server had the message and did not answer within 7 s'
    expect(await sendTo(silent, never.signal)).toEqual({ kind: 'unknown', reason })
  }, 30_000)

  test('a server that is slow before it has the message does not hold a worker', async () => {
    const server = await serving(() => 'take', { onMailFrom: () => undefined })
    const outcome = await send(settings(server.port, { handoverMs: 600, answerMs: 60_000 }))
    expect(outcome).toEqual({ kind: 'server', reason: 'the message was not handed over within 0.6 s' })
  })
})

describe('encryption and login', () => {
  const login = { user: 'licenses', password: { reveal: () => 'pw' } }
  const withLogin: Partial<SMTPServerOptions> = {
    disabledCommands: [],
    authMethods: ['PLAIN'],
    onAuth: ({ username, password }, _session, done) =>
      username === 'licenses' && password === 'pw' ? done(null, { user: 'x' }) : done(new Error('no')),
  }

  test.each(['starttls', 'tls'] as const)('%s: over a certificate that we trust, and over no other', async (secure) => {
    const certificate = aCertificate()
    const server = await serving(() => 'take', { ...withLogin, ...certificate, secure: secure === 'tls' })
    const ours = { secure, ...login, tls: { ca: certificate.cert } }
    expect(await send(settings(server.port, ours))).toEqual({ kind: 'sent' })
    expect(await send(settings(server.port, { ...ours, tls: undefined }))).toMatchObject({ kind: 'server' })
    expect(server.received).toHaveLength(1)
  })

  test('without STARTTLS nothing is sent, and no password', async () => {
    const heard: unknown[] = []
    const server = await serving(() => 'take', {
      ...withLogin,
      hideSTARTTLS: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) => {
        heard.push(auth)
        done(null, { user: 'x' })
      },
    })
    expect(await send(settings(server.port, { secure: 'starttls', ...login }))).toMatchObject({ kind: 'server' })
    expect([heard, server.received]).toEqual([[], []])
  })

  test('a refused login waits for the operator, and says nothing of the password', async () => {
    const server = await serving(() => 'take', { ...withLogin, allowInsecureAuth: true, disabledCommands: ['STARTTLS'] })
    const wrong = { user: 'licenses', password: { reveal: () => 'a wrong secret' } }
    const outcome = await send(settings(server.port, wrong))
    expect(outcome).toEqual({ kind: 'server', reason: expect.stringMatching(/^AUTH PLAIN: .*535/) })
    expect(JSON.stringify(outcome)).not.toContain('a wrong secret')
    expect(await send(settings(server.port, login))).toEqual({ kind: 'sent' })
  })
})

test.each<[string, Partial<Message>]>([
  ['recipient', { to: 'ada@acme.test\r\nBcc: evil@x.test' }],
  ['two recipients', { to: 'ada@acme.test, evil@x.test' }],
  ['subject', { content: { ...mail.content, subject: 'a\nBcc: evil@x.test' } }],
  ['sender', { from: { name: 'a\r\nBcc: evil@x.test', address: 'a@vendor.test' } }],
  ['file name', { attachment: { fileName: 'a\r\n.lic', text: '' } }],
])('a %s that would break out of a header is put into none', async (_name, fields) => {
  await expect(composeMessage({ ...mail, ...fields })).rejects.toBeInstanceOf(UnsafeHeader)
})

function failure(responseCode: number): Error {
  return Object.assign(new Error('closing'), { responseCode })
}
