import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque: clock ticks since boot on Linux, the date that `ps` prints elsewhere. */
  readonly startTime: string
}

/** @returns undefined when there is no such process, or it has ended and waits to be noticed by its parent */
export function identityOf(pid: number): ProcessIdentity | undefined {
  // 0 and negative numbers mean groups of processes to kill(2).
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  const startTime = startTimeOf(pid)
  return startTime === undefined ? undefined : { pid, startTime }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startTime === identity.startTime
}

/** Reads what `identityOf` gave, from JSON or from anywhere else. */
export function toIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTime' in value)) return undefined
  const { pid, startTime } = value
  return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined
}

/** Processes of this machine of which one argument is exactly `argument`. Linux only; elsewhere none. */
export function processesWithArgument(argument: string): ProcessIdentity[] {
  if (!existsSync('/proc/self/cmdline')) return []
  const found: ProcessIdentity[] = []
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
      const identity = args.includes(argument) ? identityOf(Number(name)) : undefined
      if (identity !== undefined) found.push(identity)
    } catch {
      // It ended while we were looking.
    }
  }
  return found
}

/** Signals a process unless it has ended or its number belongs to another one by now. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return
  try {
    process.kill(identity.pid, signal)
  } catch {
    // It ended just now, or it is somebody else's.
  }
}

function startTimeOf(pid: number): string | undefined {
  if (!existsSync('/proc/self/stat')) return startTimeByPs(pid)
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22, counted behind the program's name, which may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie whose other threads are gone has ended; only its parent has not looked yet. Until then they may still hold files and ports.
    const ended = /^[ZX]$/.test(fields[0] ?? '') && readdirSync(`/proc/${pid}/task`).length <= 1
    return ended ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function startTimeByPs(pid: number): string | undefined {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return started.trim() === '' ? undefined : started.trim()
  } catch {
    return undefined
  }
}
