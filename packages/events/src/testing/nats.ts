import { randomUUID } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { JetStreamManager, NatsConnection } from 'nats'
import { connectNats } from '../connect-nats.ts'
import { ensureStream, type StreamOptions } from '../ensure-streams.ts'
import type { EventsLog } from '../nats-link.ts'

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Record<string, unknown>
}

/** A log that a test can read. */
export function recordedLog(): EventsLog & { readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = []
  const at =
    (level: LoggedLine['level']) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, message, fields })
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}

export function testNatsUrl(): string {
  const url = process.env.LICENSEOPERATOR_TEST_NATS_URL
  if (url === undefined) throw new Error('LICENSEOPERATOR_TEST_NATS_URL is not set: run the tests through `pnpm test`')
  return url
}

export interface TestNats {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** A subject no other test can see or touch. */
  aSubject(): string
  /** Deletes the streams over this test file's subjects and closes the connection. */
  end(): Promise<void>
}

export async function openTestNats(): Promise<TestNats> {
  const connection = await connectNats({ url: testNatsUrl(), name: 'events-test', log: recordedLog() })
  const manager = await connection.jetstreamManager()
  const prefix = `test.${randomUUID()}`
  let subjects = 0
  return {
    connection,
    manager,
    aSubject() {
      subjects += 1
      return `${prefix}.${subjects}`
    },
    async end() {
      for await (const { config } of manager.streams.list()) {
        if (config.subjects.some((subject) => subject.startsWith(prefix))) await manager.streams.delete(config.name)
      }
      await connection.close()
    },
  }
}

/** Both streams and their names: a role of ours makes only its own. */
export async function ensureStreams(connection: NatsConnection, options: StreamOptions) {
  return {
    webhookStream: await ensureStream(connection, options, 'webhook'),
    licenseIssuedStream: await ensureStream(connection, options, 'licenseIssued'),
  }
}

/** Stands before the test NATS on a port of its own and can be cut and opened again. */
export class NatsProxy {
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  port = 0

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  /** Listens, on the same port as before when it was open already. */
  async open(): Promise<void> {
    const target = new URL(testNatsUrl())
    const server = createServer((client) => {
      const upstream = connect(Number(target.port), target.hostname)
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => {
          this.#sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
      }
      client.pipe(upstream).pipe(client)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.port, '127.0.0.1', resolve)
    })
    const address = server.address()
    if (address !== null && typeof address === 'object') this.port = address.port
    this.#server = server
  }

  async cut(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    for (const socket of this.#sockets) socket.destroy()
    if (server !== undefined) await new Promise((resolve) => server.close(resolve))
  }
}
