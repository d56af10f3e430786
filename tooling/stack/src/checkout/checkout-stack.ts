import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chosenProviders, firstThatWorks } from '../acquire-stack.ts'
import { withLock } from '../folder-lock.ts'
import { isAlive, processesWithArgument } from '../process-identity.ts'
import { debianPrograms } from '../providers/debian/debian-programs.ts'
import { areContainersRunning, dockerReason, removeContainers, stopContainers } from '../providers/docker.ts'
import { pathPrograms } from '../providers/path.ts'
import { endServers } from '../servers/detached-server.ts'
import type { Say } from '../stack.ts'
import { type CheckoutState, readState, removeState } from './checkout-state.ts'
import { startContainerServers, startPrivateServers } from './start-servers.ts'

// A checkout's own stack outlives the command that started it. Everything of it lies in one folder, `.stack` of the checkout.

/** What `reset` removes: the names that `start` makes, and nothing else that somebody may have put there. */
const DATA = ['mysql', 'mysql.new', 'mysql.log', 'init.sql', 'nats', 'nats.conf', 'nats.log']

/** The checkout's stack if both servers run. A process that took over the number of a server is not mistaken for it. */
export async function findCheckoutStack(folder: string): Promise<CheckoutState | undefined> {
  const state = readState(folder)
  if (state === undefined) return undefined
  if (state.provider === 'docker') return (await areContainersRunning(state.containers)) ? state : undefined
  return isAlive(state.mysql) && isAlive(state.nats) && isOurs(folder, state.mysql.pid, state.nats.pid) ? state : undefined
}

/**
 * Starts the checkout's stack, or finds it running. Data, and ports if they are still free, are those of the last time.
 *
 * @throws StackUnavailable with the choices, and why each was not taken
 */
export async function startCheckoutStack(folder: string, say: Say): Promise<CheckoutState> {
  return alone(folder, say, async () => (await findCheckoutStack(folder)) ?? start(folder, say))
}

/** Stops it; its data stay. @returns false when it was not running */
export async function stopCheckoutStack(folder: string, say: Say): Promise<boolean> {
  // Nothing was ever started here; and no folder is made to find that out.
  if (!existsSync(folder)) return false
  return alone(folder, say, () => stop(folder))
}

/** Stops it, removes its data and starts it anew. */
export async function resetCheckoutStack(folder: string, say: Say): Promise<CheckoutState> {
  return alone(folder, say, async () => {
    await stop(folder)
    const last = readState(folder)
    if (last?.provider === 'docker') await removeContainers(Object.values(last.containers))
    for (const name of DATA) rmSync(join(folder, name), { recursive: true, force: true })
    removeState(folder)
    // On the same ports: shells that have the addresses in their environment go on working.
    return start(folder, say, last)
  })
}

function alone<T>(folder: string, say: Say, work: () => Promise<T>): Promise<T> {
  return withLock(join(folder, 'lock'), work, () =>
    say('another command is working on the stack of this checkout, waiting for it'),
  )
}

async function start(folder: string, say: Say, last = readState(folder)): Promise<CheckoutState> {
  // One of the two may still run, or both without a readable state: they start together.
  await stop(folder)
  const wanted = chosenProviders().filter((provider) => provider !== 'environment')
  // The data are in the shape that the last provider's version made.
  const order = wanted.toSorted((a, b) => Number(b === last?.provider) - Number(a === last?.provider))
  return firstThatWorks(order, say, async (provider) => {
    if (provider === 'docker') {
      return (
        (await dockerReason()) ?? startContainerServers(folder, last?.provider === 'docker' ? last.containers : undefined, say)
      )
    }
    const programs = provider === 'path' ? await pathPrograms() : await debianPrograms(say)
    if (typeof programs === 'string' || provider === 'environment') return String(programs)
    return startPrivateServers(folder, { provider, programs, lastPorts: last?.ports })
  })
}

async function stop(folder: string): Promise<boolean> {
  const state = readState(folder)
  if (state?.provider === 'docker') {
    const running = await areContainersRunning(state.containers)
    if (running) await stopContainers(state.containers)
    return running
  }
  const strays = marks(folder).flatMap(processesWithArgument)
  // Without /proc the state alone knows the processes.
  const known = state !== undefined && !existsSync('/proc/self') ? [state.mysql, state.nats].filter(isAlive) : []
  await endServers([...strays, ...known])
  return strays.length + known.length > 0
}

function isOurs(folder: string, ...pids: readonly number[]): boolean {
  if (!existsSync('/proc/self')) return true
  const ours = marks(folder).flatMap(processesWithArgument)
  return pids.every((pid) => ours.some((one) => one.pid === pid))
}

/** Arguments that only the servers of this folder have. */
function marks(folder: string): string[] {
  return [`--datadir=${join(folder, 'mysql')}`, join(folder, 'nats.conf')]
}
