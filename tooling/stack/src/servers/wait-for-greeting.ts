import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 50
const ANSWER_MS = 1000

const greetings = {
  // Protocol version 10 behind the four bytes of packet header. An error packet in its place means "not yet".
  MySQL: (bytes: Buffer) => bytes[4] === 10,
  NATS: (bytes: Buffer) => bytes.toString('latin1', 0, 5) === 'INFO ',
}

/**
 * Waits until the port greets as that server does when it is ready.
 *
 * @param isGone  true when waiting has become pointless
 * @returns false when the server is gone or did not greet in time
 */
export async function waitForGreeting(
  name: keyof typeof greetings,
  port: number,
  timeoutMs: number,
  isGone: () => boolean = () => false,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (!isGone()) {
    if (await greets(name, '127.0.0.1', port)) return true
    if (Date.now() > deadline) return false
    await sleep(POLL_MS)
  }
  return false
}

/** True when a server of that kind answers there now. */
export function greets(name: keyof typeof greetings, host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (bytes: Buffer) => done(greetings[name](bytes)))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
    socket.setTimeout(ANSWER_MS, () => done(false))
  })
}
