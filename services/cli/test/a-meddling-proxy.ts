import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** When, around the k-th request, something happens: before Stripe sees it, after Stripe has done it, or once the answer is out. */
export const moments = ['before it is handled', 'before it is answered', 'after it is answered'] as const
export type Moment = (typeof moments)[number]

export interface Meddling {
  /** Counted from 1. */
  readonly request: number
  readonly moment: Moment
  readonly act: () => void | Promise<void>
}

/** Stands between a program and its Stripe, counts requests and lets a test strike at one of them. */
export interface MeddlingProxy {
  readonly url: string
  /** Starts counting anew. */
  meddle(meddling: Meddling | undefined): void
  readonly seen: () => number
  close(): Promise<void>
}

export async function openMeddlingProxy(target: () => string): Promise<MeddlingProxy> {
  let seen = 0
  let meddling: Meddling | undefined
  const server = createServer(async (request, response) => {
    seen += 1
    const strike = meddling?.request === seen ? meddling : undefined
    const body = await read(request)
    if (strike?.moment === 'before it is handled') {
      await strike.act()
      response.destroy()
      return
    }
    const answer = await fetch(`${target()}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headersOf(request),
      ...(request.method === 'POST' ? { body } : {}),
    }).catch(() => undefined)
    if (strike?.moment === 'before it is answered') await strike.act()
    if (answer === undefined) {
      response.destroy()
      return
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text(), () => {
      if (strike?.moment === 'after it is answered') void strike.act()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    meddle: (next) => {
      seen = 0
      meddling = next
    },
    seen: () => seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}

/** Those that Stripe reads; the rest belong to the connection. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of ['authorization', 'content-type', 'idempotency-key', 'stripe-version', 'user-agent']) {
    const value = headers[name]
    if (typeof value === 'string') kept[name] = value
  }
  return kept
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen')
  return address.port
}
