import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityOf, isAlive } from './process-identity.ts'
import { debianPrograms } from './providers/debian.ts'
import { dockerStack } from './providers/docker.ts'
import { pathPrograms } from './providers/path.ts'
import { runCommand } from './run-command.ts'
import { versionIn } from './server-version.ts'
import { freePort } from './servers/free-port.ts'
import { type Programs, prepareMysql, prepareNats } from './servers/server-commands.ts'
import { SupervisedServer } from './servers/server-control.ts'
import { type ProviderName, providerNames, type Say, type Stack } from './stack.ts'
import { StackUnavailable } from './stack-unavailable.ts'

export interface AcquireOptions {
  /** Progress, a line at a time. */
  readonly log?: Say
  /** Which ways to try; default all, or the one named by LICENSEOPERATOR_STACK_PROVIDER. */
  readonly providers?: readonly ProviderName[]
  readonly maxConnections?: number
}

const PREFIX = 'licenseoperator-stack-'
const DEFAULT_CONNECTIONS = 400

/**
 * A MySQL and a NATS for one run: the first way that works. Private instances live on free loopback ports and in a temporary folder, and end
 * with `stop()` or with this process, however it ends.
 *
 * @throws StackUnavailable with the choices
 */
export async function acquireStack(options: AcquireOptions = {}): Promise<Stack> {
  const say = options.log ?? (() => undefined)
  const reasons: string[] = []
  for (const provider of options.providers ?? chosenProviders()) {
    const outcome = await providers[provider](say, options.maxConnections ?? DEFAULT_CONNECTIONS)
    if (typeof outcome !== 'string') return outcome
    reasons.push(outcome)
  }
  throw new StackUnavailable(reasons)
}

const providers: Record<ProviderName, (say: Say, maxConnections: number) => Promise<Stack | string>> = {
  environment: async () => environmentStack(),
  path: async (_say, maxConnections) => privateStack('path', await pathPrograms(), maxConnections),
  docker: (say) => dockerStack(say),
  debian: async (say, maxConnections) => privateStack('debian', await debianPrograms(say), maxConnections),
}

function chosenProviders(): readonly ProviderName[] {
  const forced = process.env.LICENSEOPERATOR_STACK_PROVIDER
  if (forced === undefined || forced === '') return providerNames
  const known = providerNames.filter((name) => name === forced)
  if (known.length === 0)
    throw new StackUnavailable([`LICENSEOPERATOR_STACK_PROVIDER must be one of ${providerNames.join(', ')}`])
  return known
}

function environmentStack(): Stack | string {
  const { LICENSEOPERATOR_MYSQL_DSN: mysqlDsn, LICENSEOPERATOR_NATS_URL: natsUrl } = process.env
  if (mysqlDsn === undefined || natsUrl === undefined)
    return 'environment: LICENSEOPERATOR_MYSQL_DSN and LICENSEOPERATOR_NATS_URL are not both set'
  return {
    provider: 'environment',
    providerDetail: 'servers named by the environment',
    mysqlDsn,
    natsUrl,
    stop: async () => undefined,
  }
}

async function privateStack(
  provider: ProviderName,
  programs: Programs | string,
  maxConnections: number,
): Promise<Stack | string> {
  if (typeof programs === 'string') return programs
  removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), PREFIX))
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(identityOf(process.pid)))
  return startPrivate({ provider, programs, folder, maxConnections, ports: { mysql: await freePort(), nats: await freePort() } })
}

async function startPrivate(setup: {
  provider: ProviderName
  programs: Programs
  folder: string
  maxConnections: number
  ports: { mysql: number; nats: number }
}): Promise<Stack> {
  const { provider, programs, folder, maxConnections, ports } = setup
  const nats = new SupervisedServer(prepareNats(programs, folder, ports.nats), '')
  let mysql: SupervisedServer | undefined
  const stop = async () => {
    await Promise.all([mysql?.dispose(), nats.dispose()])
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    mysql = new SupervisedServer(await prepareMysql(programs, folder, ports.mysql, maxConnections), folder)
    await Promise.all([mysql.start(), nats.start()])
    return {
      provider,
      providerDetail: await versionsOf(programs),
      mysqlDsn: `root@tcp(127.0.0.1:${ports.mysql})/licenseoperator?parseTime=true`,
      natsUrl: `nats://127.0.0.1:${ports.nats}`,
      mysql,
      nats,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

export async function versionsOf(programs: Programs): Promise<string> {
  const mysqld = await runCommand(programs.mysqld.command, [...programs.mysqld.prefix, '--no-defaults', '--version'])
  const nats = await runCommand(programs.natsServer, ['--version'])
  return `mysql ${versionIn(mysqld.stdout.slice(mysqld.stdout.indexOf('Ver')))?.join('.') ?? '?'}, nats ${versionIn(nats.stdout)?.join('.') ?? '?'}`
}

/** Folders of runs that were killed before their supervisors could clean up, e.g. by a reboot. */
export function removeLeftovers(base = tmpdir()): void {
  for (const name of readdirSync(base).filter((one) => one.startsWith(PREFIX))) {
    const folder = join(base, name)
    try {
      const owner: unknown = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'))
      if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('startTime' in owner)) continue
      if (isAlive({ pid: Number(owner.pid), startTime: String(owner.startTime) })) continue
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Being made or being removed by its owner at this moment.
    }
  }
}
