import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** A private server under our hands. */
export interface ServerControl {
  /** Of the server itself, not of its supervisor. */
  readonly pid: number
  /** Ends it and waits until it is gone. Default SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port and data. */
  start(): Promise<void>
}

export interface ServerCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly port: number
  /** True when the first bytes that the port sends mean that the server is ready. */
  readonly isGreeting: (bytes: Buffer) => boolean
  /** Where its own words are, for the error message. */
  readonly logFile: string
}

const SUPERVISOR = fileURLToPath(new URL('./supervise.ts', import.meta.url))
const START_MS = 60_000

/** A server process that cannot outlive us. */
export class SupervisedServer implements ServerControl {
  readonly #server: ServerCommand
  readonly #removeFolder: string
  #supervisor: ChildProcess | undefined
  #pid = 0

  /** @param removeFolder  removed when we are gone without having said goodbye; '' for none */
  constructor(server: ServerCommand, removeFolder: string) {
    this.#server = server
    this.#removeFolder = removeFolder
  }

  get pid(): number {
    return this.#pid
  }

  async start(): Promise<void> {
    const { command, args } = this.#server
    // Detached: Ctrl-C in the terminal must not end it before its server.
    const supervisor = spawn(process.execPath, [SUPERVISOR, this.#removeFolder, command, ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    })
    this.#supervisor = supervisor
    const [line] = (await Promise.race([
      once(supervisor.stdout, 'data'),
      once(supervisor, 'exit').then(() => ['0']),
    ])) as unknown[]
    this.#pid = Number(String(line).trim())
    supervisor.unref()
    await waitForGreeting(this.#server, () => supervisor.exitCode !== null)
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const supervisor = this.#supervisor
    if (supervisor === undefined || supervisor.exitCode !== null) return
    const gone = once(supervisor, 'exit')
    supervisor.ref()
    killQuietly(this.#pid, signal)
    await gone
  }

  /** Ends the server at once and removes the folder. */
  async dispose(): Promise<void> {
    const supervisor = this.#supervisor
    if (supervisor === undefined || supervisor.exitCode !== null) return
    const gone = once(supervisor, 'exit')
    supervisor.ref()
    supervisor.stdin?.end()
    await gone
  }
}

/** Waits until the port greets as it should. @throws Error naming the log when it does not in time or the server ended */
export async function waitForGreeting(server: ServerCommand, isGone: () => boolean): Promise<void> {
  const deadline = Date.now() + START_MS
  while (Date.now() < deadline && !isGone()) {
    const greeting = await firstBytes(server.port)
    if (greeting !== undefined && server.isGreeting(greeting)) return
    await sleep(50)
  }
  throw new Error(`${server.name} did not start; its log is ${server.logFile}`)
}

function firstBytes(port: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const done = (bytes: Buffer | undefined) => {
      socket.destroy()
      resolve(bytes)
    }
    socket.once('data', (bytes: Buffer) => done(bytes))
    socket.once('error', () => done(undefined))
    socket.setTimeout(1000, () => done(undefined))
  })
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already.
  }
}
