import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { refusesUs } from './refuses-us.ts'

export interface SmtpSettings {
  readonly host: string
  /** By `secure` when absent. */
  readonly port: number | undefined
  /** `starttls` demands the upgrade; `none` asks for nothing. */
  readonly secure: 'starttls' | 'tls' | 'none'
  readonly user: string | undefined
  readonly password: { reveal(): string } | undefined
  readonly tls:
    | { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: { reveal(): string } | undefined }
    | undefined
  /** How long the connection, and then the greeting, may take; 20 s unless given. */
  readonly connectMs?: number
  /** How long all may take until the message is handed over; 60 s unless given. */
  readonly handoverMs?: number
  /** How long the server may think about a message that it has; unless given as long as RFC 5321 asks for (4.5.3.2.6): whoever leaves earlier mails twice. */
  readonly answerMs?: number
}

const CONNECT_MS = 20_000
const HANDOVER_MS = 60_000
const ANSWER_MS = 600_000
/** How long an answer is waited for by whoever is told to stop: most servers give it within, and without it the mail is sent again. */
const LAST_ANSWER_MS = 7000
/** One mail takes no longer, unless the settings say so. */
export const MOST_MS = HANDOVER_MS + ANSWER_MS

/**
 * What became of a message. Only of `unknown` nobody can tell whether it arrives: all of it was sent, and the answer was lost.
 *
 * @property reason  for people and logs: what the server said, without the addresses that it names
 */
export type SendOutcome =
  | { readonly kind: 'sent' }
  /** Never, whoever tries again: the server refuses this message or its recipient. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The server does not take this message now. */
  | { readonly kind: 'later'; readonly reason: string }
  /** The server cannot be used, or refuses us, whatever the message. */
  | { readonly kind: 'server'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** We were told to stop before the server had the message. */
  | { readonly kind: 'stopped'; readonly reason: string }

const STOPPED = 'we stop, and the server did not have the message'
class StoppedEarly extends Error {
  override readonly name = 'StoppedEarly'
}

type Failure = Error & {
  code?: string
  command?: string
  response?: string
  responseCode?: number
  permanent?: boolean
  originalCode?: string
}

const PORTS = { starttls: 587, tls: 465, none: 25 } as const

export function smtpPlace({ host, port, secure }: SmtpSettings): string {
  return `${host}:${port ?? PORTS[secure]}`
}

/**
 * Sends one message to one recipient over a connection of its own. Never rejects.
 *
 * @param signal  ends it at once while the server has not all of the message; from then on the answer is waited for a few seconds more
 */
export async function sendMessage(
  settings: SmtpSettings,
  envelope: { from: string; to: string },
  message: Buffer,
  signal?: AbortSignal,
): Promise<SendOutcome> {
  if (signal?.aborted === true) return { kind: 'stopped', reason: STOPPED }
  const { handoverMs = HANDOVER_MS, answerMs = ANSWER_MS } = settings
  const connection = new SMTPConnection(optionsOf(settings, handoverMs + answerMs))
  // Before this the server may be wrong about us, which is no message's fault.
  let ready = false
  const body = Readable.from([message])
  let sentAll = false
  let timer: NodeJS.Timeout | undefined
  let onStop: () => void = () => undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const within = (ms: number, message: string) => {
        clearTimeout(timer)
        timer = setTimeout(() => reject(new Error(`${message} within ${ms / 1000} s`)), ms)
      }
      within(handoverMs, 'the message was not handed over')
      body.once('end', () => {
        sentAll = true
        within(answerMs, 'the server had the message and did not answer')
      })
      onStop = () => {
        if (sentAll) within(Math.min(answerMs, LAST_ANSWER_MS), 'we stop, and the server had the message and did not answer')
        else reject(new StoppedEarly(STOPPED))
      }
      signal?.addEventListener('abort', onStop)
      connection.on('error', reject)
      // Said before the reason is: whoever knows more comes first.
      connection.once('end', () => setImmediate(() => reject(new Error('the connection ended'))))
      const transfer = () => {
        ready = true
        connection.send({ from: envelope.from, to: [envelope.to], size: message.length }, body, (error) =>
          error === null ? resolve() : reject(error),
        )
      }
      connection.connect((error) => {
        if (error) return reject(error)
        const { user, password } = settings
        if (user === undefined || password === undefined) return transfer()
        connection.login({ user, credentials: { user, pass: password.reveal() } }, (refused) =>
          refused === null || refused === undefined ? transfer() : reject(refused),
        )
      })
    })
    connection.quit()
    // A server that does not answer to this either keeps nobody.
    setTimeout(() => connection.close(), 1000).unref()
    return { kind: 'sent' }
  } catch (error) {
    connection.close()
    if (error instanceof StoppedEarly) return { kind: 'stopped', reason: error.message }
    return withoutAddresses(outcomeOf(error, ready, sentAll), envelope.to)
  } finally {
    // Its end would start the clock again.
    body.destroy()
    clearTimeout(timer)
    signal?.removeEventListener('abort', onStop)
  }
}

function optionsOf(settings: SmtpSettings, socketTimeout: number) {
  const { host, port, secure, tls, connectMs = CONNECT_MS } = settings
  const { ca, cert, key } = tls ?? {}
  return {
    host,
    port: port ?? PORTS[secure],
    secure: secure === 'tls',
    requireTLS: secure === 'starttls',
    ignoreTLS: secure === 'none',
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout,
    tls: {
      minVersion: 'TLSv1.2' as const,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key: key.reveal() }),
    },
  }
}

function outcomeOf(error: unknown, ready: boolean, sentAll: boolean): SendOutcome {
  const { message, code, command, response, responseCode, permanent, originalCode }: Failure =
    error instanceof Error ? error : new Error('unknown error')
  const step = command === undefined || command === 'CONN' || command === 'API' ? '' : `${command}: `
  const reason = `${step}${message}${originalCode === undefined || message.includes(originalCode) ? '' : ` (${originalCode})`}`
  if (!ready) return { kind: 'server', reason }
  if (responseCode !== undefined) {
    // A refusal that the connection broke off has lost its command.
    const asked = sentAll ? 'DATA' : (command ?? '')
    if (refusesUs({ command: asked, code: responseCode, response: response ?? '' })) return { kind: 'server', reason }
    return { kind: permanent === true ? 'refused' : 'later', reason }
  }
  if (sentAll) return { kind: 'unknown', reason }
  // Found out before the server was asked: an address or a size that cannot be sent.
  return { kind: code === 'EENVELOPE' || code === 'EMESSAGE' ? 'refused' : 'server', reason }
}

/** What a server says often names the recipient, whom a log need not know. */
function withoutAddresses(outcome: SendOutcome, recipient: string): SendOutcome {
  if (outcome.kind === 'sent') return outcome
  const reason = outcome.reason.replaceAll(recipient, '[address]').replaceAll(/[^\s<>@]+@[^\s<>@]+/g, '[address]')
  return { ...outcome, reason }
}
