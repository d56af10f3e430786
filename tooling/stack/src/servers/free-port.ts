import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the range that systems hand out to outgoing connections (from 32768): a client that keeps calling a stopped server could otherwise
// be given the server's own port, connect to itself, and keep the server from coming back.
const LOWEST = 20_000
const HIGHEST = 32_000
const ATTEMPTS = 50

/** A loopback port that is free now and that stays free of outgoing connections. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST}`)
}

/** True when a server could listen on the port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
