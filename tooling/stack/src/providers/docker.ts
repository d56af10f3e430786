import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../run-command.ts'
import { waitForGreeting } from '../servers/wait-for-greeting.ts'
import { addresses, type Say, type Stack } from '../stack.ts'

// The images and settings of docker-compose.yml.
const MYSQL_IMAGE = 'mysql:8.4'
const NATS_IMAGE = 'nats:2.12-alpine'
const ENGINE_MS = 10_000
/** The first start of a container may pull its image. */
const START_MS = 180_000
const END_CONTAINERS = fileURLToPath(new URL('./end-containers.ts', import.meta.url))

export interface Containers {
  readonly mysql: string
  readonly nats: string
}

/** The reason why Docker cannot be used; undefined when an engine answers. */
export async function dockerReason(): Promise<string | undefined> {
  const engine = await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: ENGINE_MS })
  return engine.code === 0 ? undefined : 'no Docker engine answers'
}

/** Two containers that end with `stop()` or with this process. @throws Error with Docker's last words */
export async function startDockerStack(say: Say, maxConnections: number): Promise<Stack> {
  const label = `licenseoperator.run=${crypto.randomUUID()}`
  // First of all: the containers must not outlive us if we are killed while they start.
  const ender = spawn(process.execPath, [END_CONTAINERS, label], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const stop = async () => {
    if (ender.exitCode !== null) return
    ender.stdin.end()
    await once(ender, 'exit')
  }
  try {
    const containers = await createContainers(say, maxConnections, label)
    const ports = await portsOf(containers)
    return { provider: 'docker', providerDetail: dockerDetail, ...addresses(ports), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export const dockerDetail = `${MYSQL_IMAGE}, ${NATS_IMAGE}`

/** Starts both containers on loopback ports that Docker chooses; they run until they are removed. */
export async function createContainers(say: Say, maxConnections: number, label: string): Promise<Containers> {
  say(`starting containers of ${dockerDetail}`)
  const mysql = await docker([
    ...['run', '--detach', '--label', label, '--publish', '127.0.0.1::3306'],
    ...['--env', 'MYSQL_ALLOW_EMPTY_PASSWORD=1', '--env', 'MYSQL_ROOT_HOST=%', '--env', 'MYSQL_DATABASE=licenseoperator'],
    ...[MYSQL_IMAGE, `--max-connections=${maxConnections}`, '--performance-schema=OFF'],
    ...['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1', '--default-time-zone=+00:00'],
  ])
  try {
    const config = 'jetstream { store_dir: /data, sync_interval: always }'
    const nats = await docker([
      ...[
        'run',
        '--detach',
        '--label',
        label,
        '--publish',
        '127.0.0.1::4222',
        '--volume',
        '/data',
        '--entrypoint',
        'sh',
        NATS_IMAGE,
      ],
      ...['-c', `echo '${config}' > /tmp/nats.conf && exec nats-server -c /tmp/nats.conf`],
    ])
    return { mysql, nats }
  } catch (error) {
    await removeContainers([mysql])
    throw error
  }
}

/** Starts containers again that were stopped. Docker may give them other ports. */
export async function startContainers(containers: Containers): Promise<void> {
  await docker(['start', containers.mysql, containers.nats])
}

export async function stopContainers(containers: Containers): Promise<void> {
  await docker(['stop', containers.mysql, containers.nats])
}

/** With their data. */
export async function removeContainers(ids: readonly string[]): Promise<void> {
  await docker(['rm', '--force', '--volumes', ...ids])
}

export async function areContainersRunning(containers: Containers): Promise<boolean> {
  const states = await runCommand('docker', ['inspect', '--format', '{{.State.Running}}', containers.mysql, containers.nats])
  return (
    states.code === 0 &&
    states.stdout
      .trim()
      .split('\n')
      .every((state) => state === 'true')
  )
}

/** Their loopback ports, once both servers answer. @throws Error when one does not in time */
export async function portsOf(containers: Containers): Promise<{ mysql: number; nats: number }> {
  const port = async (id: string, inside: number) => Number((await docker(['port', id, String(inside)])).split(':').at(-1))
  const ports = { mysql: await port(containers.mysql, 3306), nats: await port(containers.nats, 4222) }
  // While it initialises, the image's MySQL does not listen on TCP.
  if (!(await waitForGreeting('MySQL', ports.mysql, START_MS))) throw new Error('MySQL did not answer in its container')
  if (!(await waitForGreeting('NATS', ports.nats, START_MS))) throw new Error('NATS did not answer in its container')
  return ports
}

async function docker(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand('docker', args)
  if (code !== 0) throw new Error(`docker ${args[0]} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`)
  return stdout.trim()
}
