import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, isAlive, type ProcessIdentity, signalProcess } from '../process-identity.ts'
import type { ServerCommand } from './server-commands.ts'

const POLL_MS = 50
const STOP_MS = 20_000
const KILL_MS = 5_000

/** Starts a server that outlives us. It does not answer yet. @throws Error when there is no such program */
export async function startDetached({ command, args, name }: ServerCommand): Promise<ProcessIdentity> {
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.unref()
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  const identity = identityOf(child.pid ?? 0)
  if (identity === undefined) throw new Error(`${name} ended at once`)
  return identity
}

/** Ends servers in good order, and by SIGKILL when that takes too long. @throws Error when one lives on: another user's */
export async function endServers(servers: readonly ProcessIdentity[]): Promise<void> {
  for (const server of servers) signalProcess(server, 'SIGTERM')
  const deadline = Date.now() + STOP_MS
  while (servers.some(isAlive)) {
    if (Date.now() > deadline) for (const server of servers) signalProcess(server, 'SIGKILL')
    if (Date.now() > deadline + KILL_MS) throw new Error(`cannot end process ${servers.find(isAlive)?.pid}`)
    await sleep(POLL_MS)
  }
}
