import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, vi } from 'vitest'

/** A bare connection to a server under test, from an address of this machine. */
export async function dialRaw(port: number, { from = '127.0.0.1', request = '' } = {}): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.on('error', () => {})
  if (request !== '') socket.write(request)
  return socket
}

/** Everything that comes until the other end closes. */
export async function answerTo(port: number, request: string, from?: string): Promise<string> {
  return text(await dialRaw(port, { request, ...(from === undefined ? {} : { from }) }))
}

export const get = (path: string, headers = 'Connection: close\r\n') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`

/** As `gone`, for one that has to go for another's sake: by itself it ends 10 seconds after it came, because nothing is asked on it. */
export async function goneForAnother(socket: Socket): Promise<void> {
  socket.resume()
  await vi.waitFor(() => expect(socket.closed).toBe(true), 5000)
}

/** Resolves once the connection has closed, however. */
export function gone(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve()
  socket.resume()
  return new Promise((resolve) => socket.once('close', () => resolve()))
}
