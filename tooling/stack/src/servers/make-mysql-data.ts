import { createHash } from 'node:crypto'
import { chmodSync, constants, existsSync, renameSync, rmSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../cache-folder.ts'
import { makeOwnedFolder, removeLeftovers } from '../leftovers.ts'
import { runCommand } from '../run-command.ts'
import { logTail } from './log-tail.ts'

const PREFIX = 'initialising-'

/** A mysqld as it is called on this machine. */
export interface Mysqld {
  readonly command: string
  readonly prefix: readonly string[]
  readonly options: readonly string[]
}

/**
 * Makes a fresh data folder. Initialising one takes seconds of a processor, so it is done once for each mysqld of this machine and copied
 * from then on.
 *
 * @throws Error with the end of MySQL's log
 */
export async function makeMysqlData(mysqld: Mysqld, data: string): Promise<void> {
  const template = await templateFor(mysqld)
  // Elsewhere first: a copy that was interrupted half-way must not look finished.
  const fresh = `${data}.new`
  rmSync(fresh, { recursive: true, force: true })
  await cp(template, fresh, { recursive: true, mode: constants.COPYFILE_FICLONE })
  chmodSync(fresh, 0o700)
  // Each server makes an id of its own when there is none.
  rmSync(join(fresh, 'auto.cnf'), { force: true })
  renameSync(fresh, data)
}

async function templateFor(mysqld: Mysqld): Promise<string> {
  const { command, prefix, options } = mysqld
  // Path, version and build.
  const { stdout } = await runCommand(command, [...prefix, '--no-defaults', '--version'])
  const cache = cacheFolder()
  const template = join(cache, `mysql-data-${createHash('sha256').update(stdout).digest('hex').slice(0, 16)}`)
  if (existsSync(template)) return template
  removeLeftovers(cache, PREFIX)
  const work = makeOwnedFolder(cache, PREFIX)
  try {
    const made = join(work, 'mysql')
    const log = join(work, 'mysql.log')
    const { code } = await runCommand(command, [
      ...prefix,
      '--no-defaults',
      ...options,
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      '--secure-file-priv=NULL',
      // Less to copy; a running server makes it as large as it wants.
      '--innodb-redo-log-capacity=8M',
      `--log-error=${log}`,
      `--datadir=${made}`,
      '--initialize-insecure',
    ])
    if (code !== 0) throw new Error(`MySQL could not be initialised${logTail(log)}`)
    moveUnlessThere(made, template)
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 })
  }
  return template
}

/** Two that started at the same time make the same; the first one counts. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}
