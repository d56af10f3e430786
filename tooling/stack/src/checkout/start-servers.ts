import { versionsOf } from '../private-stack.ts'
import { isAlive, type ProcessIdentity } from '../process-identity.ts'
import {
  type Containers,
  createContainers,
  dockerDetail,
  portsOf,
  removeContainers,
  startContainers,
} from '../providers/docker.ts'
import { endServers, startDetached } from '../servers/detached-server.ts'
import { freePort, isFree } from '../servers/free-port.ts'
import { logTail } from '../servers/log-tail.ts'
import type { Programs } from '../servers/server-commands.ts'
import { prepareMysql, prepareNats, type ServerCommand } from '../servers/server-commands.ts'
import { waitForGreeting } from '../servers/wait-for-greeting.ts'
import { DEFAULT_CONNECTIONS, type Say } from '../stack.ts'
import { type CheckoutState, writeState } from './checkout-state.ts'

const START_MS = 60_000

/** Starts both servers on the data in the folder. @throws Error with the last words of the one that did not start */
export async function startPrivateServers(
  folder: string,
  setup: {
    provider: 'path' | 'debian'
    programs: Programs
    lastPorts: { mysql: number; nats: number } | undefined
  },
): Promise<CheckoutState> {
  const { provider, programs, lastPorts } = setup
  const ports = { mysql: await portLike(lastPorts?.mysql), nats: await portLike(lastPorts?.nats) }
  const commands = {
    mysql: await prepareMysql(programs, folder, ports.mysql, DEFAULT_CONNECTIONS),
    nats: prepareNats(programs, folder, ports.nats),
  }
  const mysql = await startDetached(commands.mysql)
  const nats = await startDetached(commands.nats)
  const state: CheckoutState = { provider, providerDetail: await versionsOf(programs), ports, mysql, nats }
  writeState(folder, state)
  try {
    await Promise.all([untilItAnswers(commands.mysql, mysql), untilItAnswers(commands.nats, nats)])
  } catch (error) {
    await endServers([mysql, nats])
    throw error
  }
  return state
}

/** Starts the containers of the last time, or new ones. */
export async function startContainerServers(folder: string, last: Containers | undefined, say: Say): Promise<CheckoutState> {
  const containers =
    (await startedAgain(last)) ?? (await createContainers(say, DEFAULT_CONNECTIONS, `licenseoperator.checkout=${folder}`))
  try {
    const state: CheckoutState = {
      provider: 'docker',
      providerDetail: dockerDetail,
      ports: await portsOf(containers),
      containers,
    }
    writeState(folder, state)
    return state
  } catch (error) {
    if (containers !== last) await removeContainers(Object.values(containers))
    throw error
  }
}

async function startedAgain(last: Containers | undefined): Promise<Containers | undefined> {
  try {
    if (last !== undefined) await startContainers(last)
    return last
  } catch {
    // Somebody removed them.
    return undefined
  }
}

async function portLike(last: number | undefined): Promise<number> {
  return last !== undefined && (await isFree(last)) ? last : freePort()
}

async function untilItAnswers({ name, port, logFile }: ServerCommand, server: ProcessIdentity): Promise<void> {
  if (await waitForGreeting(name, port, START_MS, () => !isAlive(server))) return
  throw new Error(`${name} did not start${logTail(logFile)}`)
}
