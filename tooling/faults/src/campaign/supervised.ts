import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningProcess } from '@licenseoperator/demo'

const RESTART_MS = 200

/** One instance of a role that is started again whenever it ends, as a service manager does. */
export class Supervised {
  readonly name: string
  readonly #start: () => Promise<RunningProcess>
  #running: RunningProcess | undefined
  /** Ended because the campaign wanted it. */
  #ordered = false
  #stopped = false
  #life: Promise<void> = Promise.resolve()
  /** Ends that nobody ordered: the process crashed. */
  readonly crashes: string[] = []

  constructor(name: string, start: () => Promise<RunningProcess>) {
    this.name = name
    this.#start = start
  }

  /** Its process id while it runs and is ready. */
  get pid(): number | undefined {
    return this.#running?.pid
  }

  /** Settles when the first process is ready. @throws Error when it does not become so */
  async begin(): Promise<void> {
    const first = await this.#start()
    this.#life = this.#live(first)
  }

  /** Sends a signal that ends the process, which then starts again. @returns false when it is not running just now */
  end(signal: 'SIGKILL' | 'SIGTERM'): boolean {
    const running = this.#running
    if (running === undefined || this.#ordered) return false
    this.#ordered = true
    process.kill(running.pid, signal)
    return true
  }

  /** Ends the process gracefully and waits for the next one to be ready. @returns the exit code */
  async roll(): Promise<number | null> {
    const running = this.#running
    if (running === undefined || !this.end('SIGTERM')) throw new Error(`${this.name} is not running`)
    const code = await running.ended
    while (this.#running === undefined || this.#running === running) await sleep(50)
    return code
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#ordered = true
    await this.#running?.stop()
    await this.#life
  }

  async #live(first: RunningProcess): Promise<void> {
    for (let running: RunningProcess | undefined = first; running !== undefined; running = await this.#again()) {
      this.#running = running
      const code = await running.ended
      if (!this.#ordered) this.crashes.push(`${this.name} (${running.logFile}) ended with ${code}`)
      this.#running = undefined
      this.#ordered = this.#stopped
    }
  }

  /** A start fails while what the process needs is away: tried until it works. */
  async #again(): Promise<RunningProcess | undefined> {
    while (!this.#stopped) {
      await sleep(RESTART_MS)
      const running = await this.#start().catch(() => undefined)
      if (running === undefined) continue
      if (!this.#stopped) return running
      await running.stop()
    }
    return undefined
  }
}
