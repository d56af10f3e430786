import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A service under our hands. */
export interface RunningProcess {
  readonly name: string
  readonly pid: number
  readonly logFile: string
  /** Settles when the process has ended, however it did: its exit code, or `null` after a signal. */
  readonly ended: Promise<number | null>
  /** Ends it gracefully, then by force. */
  stop(): Promise<void>
}

const STOP_MS = 12_000

/** Loaded before a program that ends when we have ended. */
const END_WITH_PARENT = new URL('./end-with-parent.ts', import.meta.url).href

/** Starts a TypeScript program of the repository with this Node; its output goes to a file. */
export function runProcess(options: {
  name: string
  /** true: it ends when this process has ended, however it did. */
  endsWithUs?: boolean
  script: string
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  logFile: string
}): { running: RunningProcess; child: ChildProcess } {
  const { script, endsWithUs = false } = options
  const child = spawn(process.execPath, [...(endsWithUs ? ['--import', END_WITH_PARENT] : []), script, ...options.args], {
    env: options.env,
    stdio: [endsWithUs ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  const log = createWriteStream(options.logFile, { flags: 'a' })
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  const ended = once(child, 'exit').then(() => child.exitCode)
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    const late = new AbortController()
    await Promise.race([gone, sleep(STOP_MS, undefined, { signal: late.signal }).then(() => child.kill('SIGKILL'))])
    late.abort()
    await gone
  }
  return { running: { name: options.name, pid: child.pid ?? 0, logFile: options.logFile, ended, stop }, child }
}

/** Waits until the service says that it is ready. @throws Error with the end of its log when it ended or took too long */
export async function waitUntilReady(
  running: RunningProcess,
  child: ChildProcess,
  url: string,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // Not listening yet.
    }
    await sleep(50)
  }
  throw new Error(
    `${running.name} did not become ready:\n${readFileSync(running.logFile, 'utf8').split('\n').slice(-8).join('\n')}`,
  )
}

/** Runs a program of the repository to its end. @returns its standard output @throws Error with what it said */
export async function runToEnd(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk
  })
  const [code] = (await once(child, 'close')) as unknown[]
  if (code !== 0) throw new Error(`${args.slice(0, 2).join(' ')} failed: ${errors.trim()}`)
  return output
}
