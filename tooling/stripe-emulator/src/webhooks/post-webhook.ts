import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

export interface PostResult {
  /** `null` when no answer came. */
  status: number | null
  durationMs: number
  /** The first 500 characters of the answer. */
  response: string
  error: string | null
}

/** Sends one webhook on a connection of its own. Never throws; redirects are not followed. */
export function postWebhook(url: string, headers: Record<string, string>, body: Buffer, timeoutMs: number): Promise<PostResult> {
  const startedMs = performance.now()
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve) => {
    const finish = (status: number | null, response: string, error: string | null) =>
      resolve({ status, durationMs: Math.round(performance.now() - startedMs), response, error })
    const outgoing = send(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': String(body.length) },
      signal: AbortSignal.timeout(timeoutMs),
    })
    outgoing.on('error', (error) =>
      finish(null, '', error.name === 'AbortError' ? `no answer within ${timeoutMs} ms` : error.message),
    )
    outgoing.on('response', (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (chunk: string) => {
        if (text.length < 500) text += chunk
      })
      incoming.on('end', () => finish(incoming.statusCode ?? null, text.slice(0, 500), null))
      incoming.on('error', (error) => finish(null, '', error.message))
    })
    outgoing.end(body)
  })
}

/**
 * Only this machine is ever called, and hosts that were named at the start: an emulator with a mistyped URL must not knock on a real door.
 *
 * @param named  hosts beside this machine, e.g. of the same compose file
 */
export function maySendTo(url: string, named: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { hostname, protocol } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname) || named.includes(hostname)
}
