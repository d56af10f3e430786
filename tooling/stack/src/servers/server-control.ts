import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { identityOf, isAlive, type ProcessIdentity, signalProcess } from '../process-identity.ts'
import { logTail } from './log-tail.ts'
import type { ServerCommand } from './server-commands.ts'
import { waitForGreeting } from './wait-for-greeting.ts'

/** A private server under our hands. */
export interface ServerControl {
  /** Of the server itself, not of its supervisor. Another one after each start. */
  readonly pid: number
  /** Ends it and waits until it is gone. Default SIGTERM. Does nothing when it is stopped. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port and data and waits until it answers. Does nothing when it runs. */
  start(): Promise<void>
}

const SUPERVISOR = fileURLToPath(new URL('./supervise.ts', import.meta.url))
const START_MS = 60_000

/** A server process that cannot outlive us. Like a listening server, it keeps our process alive until it is stopped. */
export class SupervisedServer implements ServerControl {
  readonly #server: ServerCommand
  readonly #removeFolder: string
  #supervisor: ChildProcess | undefined
  #process: ProcessIdentity | undefined

  /** @param removeFolder  removed when we end without having said goodbye */
  constructor(server: ServerCommand, removeFolder: string) {
    this.#server = server
    this.#removeFolder = removeFolder
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  async start(): Promise<void> {
    if (this.#process !== undefined && isAlive(this.#process)) return
    // Whoever killed the server by its pid may be here before its supervisor has noticed.
    await this.#supervisorGone()
    const { command, args, name, port, logFile } = this.#server
    // Detached: Ctrl-C in the terminal must not end it before its server.
    const supervisor = spawn(process.execPath, [SUPERVISOR, this.#removeFolder, command, ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    })
    this.#supervisor = supervisor
    const pid = await Promise.race([
      once(supervisor.stdout, 'data').then(([line]) => Number(String(line).trim())),
      once(supervisor, 'exit').then(() => 0),
    ])
    this.#process = identityOf(pid)
    if (!(await waitForGreeting(name, port, START_MS, () => hasEnded(supervisor)))) {
      const lastWords = logTail(logFile)
      await this.dispose()
      throw new Error(`${name} did not start${lastWords}`)
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#process !== undefined) signalProcess(this.#process, signal)
    await this.#supervisorGone()
  }

  /** Ends the server at once and removes the folder. */
  async dispose(): Promise<void> {
    this.#supervisor?.stdin?.end()
    await this.#supervisorGone()
    // In case somebody killed the supervisor alone.
    if (this.#process !== undefined) signalProcess(this.#process, 'SIGKILL')
  }

  async #supervisorGone(): Promise<void> {
    const supervisor = this.#supervisor
    if (supervisor !== undefined && !hasEnded(supervisor)) await once(supervisor, 'exit')
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
