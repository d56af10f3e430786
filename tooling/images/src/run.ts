import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Ended {
  readonly code: number
  /** Standard output and standard error, as they came. */
  readonly output: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
}

/** A program that goes on. */
export interface Started {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** What it has said so far. */
  output(): string
}

const running = new Set<ChildProcess>()

/** Ends all that still runs, so that nothing writes into a folder that is being removed. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((child) => (child.kill('SIGTERM') ? once(child, 'close') : undefined)))
}

export function start(command: string, args: readonly string[], options: RunOptions = {}): Started {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // debootstrap and chroot are programs of the administrator.
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code: typeof code === 'number' ? code : 1, output }))
  return { pid: child.pid ?? 0, ended, output: () => output }
}

/** Runs a program to its end. @throws Error when there is no such program */
export function tryRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return start(command, args, options).ended
}

/** Runs a program that must do what it is asked. @returns what it said @throws Error with the end of it when it failed */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, output } = await tryRun(command, args, options)
  if (code === 0) return output
  const end = output.trim().split('\n').slice(-25).join('\n')
  throw new Error(`${command} ${args.slice(0, 6).join(' ')} … ended with ${code}:\n${end}`)
}
