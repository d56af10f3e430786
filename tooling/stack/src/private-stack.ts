import { rmSync } from 'node:fs'
import { ephemeral, makeOwnedFolder, removeLeftovers } from './leftovers.ts'
import { runCommand } from './run-command.ts'
import { versionIn } from './server-version.ts'
import { freePort, isFree } from './servers/free-port.ts'
import { type Programs, prepareMysql, prepareNats, type ServerCommand } from './servers/server-commands.ts'
import { SupervisedServer } from './servers/server-control.ts'
import { addresses, type ProviderName, type Stack } from './stack.ts'

const ATTEMPTS = 3

export type PreferredPorts = Partial<Record<'mysql' | 'nats', number>>

/**
 * Starts both servers in a temporary folder, on the loopback ports that are asked for or on free ones. They end with `stop()` or with this process,
 * however it ends.
 *
 * @throws Error with the server's last words when one does not start
 */
export async function startPrivateStack(
  provider: ProviderName,
  programs: Programs,
  maxConnections: number,
  ports: PreferredPorts = {},
): Promise<Stack> {
  removeLeftovers(ephemeral.parent, ephemeral.prefix)
  const folder = makeOwnedFolder(ephemeral.parent, ephemeral.prefix)
  const outcomes = await Promise.allSettled([
    startOnFreePort((port) => prepareMysql(programs, folder, port, maxConnections), folder, ports.mysql),
    startOnFreePort((port) => prepareNats(programs, folder, port), folder, ports.nats),
  ])
  const stop = async () => {
    await Promise.all(outcomes.map((one) => (one.status === 'fulfilled' ? one.value.server.dispose() : undefined)))
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const [mysql, nats] = outcomes
  if (mysql.status === 'fulfilled' && nats.status === 'fulfilled') {
    return {
      provider,
      providerDetail: await versionsOf(programs),
      ...addresses({ mysql: mysql.value.port, nats: nats.value.port }),
      mysql: mysql.value.server,
      nats: nats.value.server,
      mysqlClient: (program) => {
        const { command, prefix } = programs.mysqlClient(program)
        const server = ['--no-defaults', '--user=root', '--host=127.0.0.1', `--port=${mysql.value.port}`]
        return { command, args: [...prefix, ...server] }
      },
      stop,
    }
  }
  await stop()
  throw outcomes.find((one) => one.status === 'rejected')?.reason
}

/** Between finding a free port and using it, another process may take it. */
async function startOnFreePort(
  prepare: (port: number) => ServerCommand | Promise<ServerCommand>,
  folder: string,
  preferred: number | undefined,
): Promise<{ server: SupervisedServer; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = attempt === 1 && preferred !== undefined && (await isFree(preferred)) ? preferred : await freePort()
    const server = new SupervisedServer(await prepare(port), folder)
    try {
      await server.start()
      return { server, port }
    } catch (error) {
      if (attempt === ATTEMPTS || (await isFree(port))) throw error
    }
  }
}

/** For example `mysql 9.7.4, nats 2.15.1`. */
export async function versionsOf(programs: Programs): Promise<string> {
  const { command, prefix } = programs.mysqld
  const mysqld = await runCommand(command, [...prefix, '--no-defaults', '--version'])
  const nats = await runCommand(programs.natsServer, ['--version'])
  return `mysql ${versionIn(mysqld.stdout)?.join('.') ?? '?'}, nats ${versionIn(nats.stdout)?.join('.') ?? '?'}`
}
