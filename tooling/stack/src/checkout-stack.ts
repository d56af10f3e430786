import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { versionsOf } from './acquire-stack.ts'
import { withLock } from './folder-lock.ts'
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts'
import { debianPrograms } from './providers/debian.ts'
import { pathPrograms } from './providers/path.ts'
import { freePort } from './servers/free-port.ts'
import { prepareMysql, prepareNats } from './servers/server-commands.ts'
import { type ServerCommand, waitForGreeting } from './servers/server-control.ts'
import type { ProviderName, Say } from './stack.ts'
import { StackUnavailable } from './stack-unavailable.ts'

/** The stack of one checkout, which outlives the command that started it. */
export interface CheckoutStack {
  readonly provider: ProviderName
  readonly detail: string
  readonly mysqlDsn: string
  readonly natsUrl: string
  readonly processes: readonly ProcessIdentity[]
}

const MAX_CONNECTIONS = 400
const STOP_MS = 15_000

/** The running stack of the checkout; `undefined` when there is none. State of servers that are gone counts as none. */
export function findCheckoutStack(folder: string): CheckoutStack | undefined {
  const state = readState(folder)
  return state?.processes.every(isAlive) === true ? state : undefined
}

/** Starts the checkout's stack on free ports, or finds it running. */
export async function startCheckoutStack(folder: string, say: Say): Promise<CheckoutStack> {
  mkdirSync(folder, { recursive: true })
  return withLock(
    join(folder, 'lock'),
    async () => {
      const running = findCheckoutStack(folder)
      if (running !== undefined) return running
      // One of the two may still run: both start together or not at all.
      await endProcesses(readState(folder)?.processes ?? [])
      return launch(folder, say)
    },
    () => say('another command is working on this stack, waiting for it'),
  )
}

/** Stops it; the data stays. @returns false when it was not running */
export async function stopCheckoutStack(folder: string): Promise<boolean> {
  const state = readState(folder)
  const running = state?.processes.filter(isAlive) ?? []
  await endProcesses(running)
  return running.length > 0
}

/** Stops it and removes its data: only what lies in the checkout's own folder and was made by this command. */
export async function removeCheckoutStack(folder: string): Promise<void> {
  await stopCheckoutStack(folder)
  rmSync(folder, { recursive: true, force: true })
}

async function launch(folder: string, say: Say): Promise<CheckoutStack> {
  const reasons: string[] = []
  for (const [provider, find] of [
    ['path', pathPrograms],
    ['debian', () => debianPrograms(say)],
  ] as const) {
    const programs = await find()
    if (typeof programs === 'string') {
      reasons.push(programs)
      continue
    }
    const ports = { mysql: await freePort(), nats: await freePort() }
    const servers = [
      await prepareMysql(programs, folder, ports.mysql, MAX_CONNECTIONS),
      prepareNats(programs, folder, ports.nats),
    ]
    const processes = await Promise.all(servers.map(startDetached))
    const state: CheckoutStack = {
      provider,
      detail: await versionsOf(programs),
      mysqlDsn: `root@tcp(127.0.0.1:${ports.mysql})/licenseoperator?parseTime=true`,
      natsUrl: `nats://127.0.0.1:${ports.nats}`,
      processes,
    }
    writeFileSync(join(folder, 'state.json'), JSON.stringify(state, undefined, 2))
    return state
  }
  throw new StackUnavailable(reasons)
}

async function startDetached(server: ServerCommand): Promise<ProcessIdentity> {
  const log = openSync(server.logFile, 'a')
  const child = spawn(server.command, server.args, { stdio: ['ignore', log, log], detached: true })
  child.unref()
  await waitForGreeting(server, () => child.exitCode !== null)
  const identity = identityOf(child.pid ?? 0)
  if (identity === undefined) throw new Error(`${server.name} did not start; its log is ${server.logFile}`)
  return identity
}

async function endProcesses(processes: readonly ProcessIdentity[]): Promise<void> {
  for (const identity of processes.filter(isAlive)) process.kill(identity.pid, 'SIGTERM')
  const deadline = Date.now() + STOP_MS
  while (processes.some(isAlive)) {
    if (Date.now() > deadline) for (const identity of processes.filter(isAlive)) process.kill(identity.pid, 'SIGKILL')
    await sleep(50)
  }
}

function readState(folder: string): CheckoutStack | undefined {
  const file = join(folder, 'state.json')
  if (!existsSync(file)) return undefined
  try {
    const state: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isState(state) ? state : undefined
  } catch {
    // A half-written file is no state.
    return undefined
  }
}

function isState(value: unknown): value is CheckoutStack {
  return (
    typeof value === 'object' &&
    value !== null &&
    'processes' in value &&
    Array.isArray(value.processes) &&
    'mysqlDsn' in value &&
    'natsUrl' in value
  )
}
