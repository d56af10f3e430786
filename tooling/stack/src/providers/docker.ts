import { runCommand } from '../run-command.ts'
import { waitForGreeting } from '../servers/server-control.ts'
import type { Say, Stack } from '../stack.ts'

const MYSQL_IMAGE = 'mysql:8.4'
const NATS_IMAGE = 'nats:2.12'

/** Two containers on loopback ports. @returns the stack, or the reason why there is none */
export async function dockerStack(say: Say): Promise<Stack | string> {
  const engine = await runCommand('docker', ['version', '--format', '{{.Server.Version}}'])
  if (engine.code !== 0) return 'Docker: no engine answers'
  const started: string[] = []
  const run = async (port: number, args: readonly string[]) => {
    const result = await runCommand('docker', ['run', '--detach', '--rm', '--publish', `127.0.0.1::${port}`, ...args])
    if (result.code !== 0) throw new Error(`docker run failed: ${result.stderr.trim().split('\n').at(-1) ?? ''}`)
    const id = result.stdout.trim()
    started.push(id)
    const published = await runCommand('docker', ['port', id, String(port)])
    return Number(published.stdout.trim().split(':').at(-1))
  }
  const stop = async () => {
    if (started.length > 0) await runCommand('docker', ['rm', '--force', '--volumes', ...started])
  }
  try {
    say('starting containers')
    const environment = [
      '--env',
      'MYSQL_ALLOW_EMPTY_PASSWORD=1',
      '--env',
      'MYSQL_ROOT_HOST=%',
      '--env',
      'MYSQL_DATABASE=licenseoperator',
    ]
    const mysqlPort = await run(3306, [...environment, MYSQL_IMAGE, '--max-connections=400'])
    const natsPort = await run(4222, [NATS_IMAGE, '-js', '-sd', '/data'])
    await waitForGreeting(
      { name: 'MySQL', command: '', args: [], port: mysqlPort, isGreeting: (bytes) => bytes[4] === 10, logFile: 'docker logs' },
      () => false,
    )
    await waitForGreeting(
      {
        name: 'NATS',
        command: '',
        args: [],
        port: natsPort,
        isGreeting: (bytes) => bytes.toString('latin1', 0, 5) === 'INFO ',
        logFile: 'docker logs',
      },
      () => false,
    )
    return {
      provider: 'docker',
      providerDetail: `${MYSQL_IMAGE}, ${NATS_IMAGE}, engine ${engine.stdout.trim()}`,
      mysqlDsn: `root@tcp(127.0.0.1:${mysqlPort})/licenseoperator?parseTime=true`,
      natsUrl: `nats://127.0.0.1:${natsPort}`,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
