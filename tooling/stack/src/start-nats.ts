import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstThatWorks } from './acquire-stack.ts'
import { ephemeral, makeOwnedFolder } from './leftovers.ts'
import { debianPrograms } from './providers/debian/debian-programs.ts'
import { pathPrograms } from './providers/path.ts'
import { freePort } from './servers/free-port.ts'
import { SupervisedServer } from './servers/server-control.ts'
import { silent } from './stack.ts'

export interface PrivateNats {
  readonly port: number
  stop(): Promise<void>
}

/**
 * A NATS server of one's own, for what the shared one is not set up for: users, permissions, certificates. With JetStream. Ends with `stop()` or with this
 * process.
 *
 * @param configuration  in the server's own notation, without its addresses and JetStream; `$FOLDER` is where the files are
 * @param files  written beside it, by name
 * @throws StackUnavailable where there is no server program; Error with the server's last words when it does not start
 */
export async function startNats(configuration: string, files: Readonly<Record<string, string>> = {}): Promise<PrivateNats> {
  const { natsServer } = await firstThatWorks(['path', 'debian'], silent, (provider) =>
    provider === 'path' ? pathPrograms() : debianPrograms(silent),
  )
  const folder = makeOwnedFolder(ephemeral.parent, ephemeral.prefix)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 })
  const mark = join(folder, 'nats.conf')
  writeFileSync(
    mark,
    `jetstream { store_dir: ${JSON.stringify(join(folder, 'nats'))} }\n${configuration.replaceAll('$FOLDER', folder)}\n`,
  )
  const port = await freePort()
  const logFile = join(folder, 'nats.log')
  const args = ['-a', '127.0.0.1', '-p', String(port), '-c', mark, '-l', logFile]
  const server = new SupervisedServer({ name: 'NATS', command: natsServer, args, mark, port, logFile }, folder)
  await server.start()
  return {
    port,
    stop: async () => {
      await server.dispose()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
