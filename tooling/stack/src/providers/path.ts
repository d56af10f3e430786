import { runCommand } from '../run-command.ts'
import { isUsableMysqld, isUsableNats } from '../server-version.ts'
import type { Programs } from '../servers/server-commands.ts'

/** The servers that are on PATH. @returns the programs, or the reason why they cannot be used */
export async function pathPrograms(): Promise<Programs | string> {
  const mysqld = await runCommand('mysqld', ['--no-defaults', '--version'])
  if (mysqld.code === 127) return 'there is no mysqld on PATH'
  if (!isUsableMysqld(mysqld.stdout)) return 'mysqld on PATH is MariaDB or older than 8.0.19'
  const nats = await runCommand('nats-server', ['--version'])
  if (nats.code === 127) return 'there is no nats-server on PATH'
  if (!isUsableNats(nats.stdout)) return 'nats-server on PATH is older than 2.10'
  return {
    mysqld: { command: 'mysqld', prefix: [], options: [] },
    mysqlClient: (program) => ({ command: program, prefix: [] }),
    natsServer: 'nats-server',
  }
}
