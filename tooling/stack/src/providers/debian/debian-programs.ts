import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../cache-folder.ts'
import { withLock } from '../../folder-lock.ts'
import { runCommand } from '../../run-command.ts'
import type { Programs } from '../../servers/server-commands.ts'
import type { Say } from '../../stack.ts'
import { downloadDebianPackages } from './download-debian-packages.ts'

interface Platform {
  readonly architecture: string
  readonly triplet: string
  readonly loader: string
}

const platforms: Partial<Record<NodeJS.Architecture, Platform>> = {
  x64: { architecture: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { architecture: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
}

/**
 * Debian's packages of both servers, unpacked into a cache folder that all checkouts share. Nothing is installed and no root is needed; apt
 * checks the signatures.
 *
 * @returns the programs, or the reason why this host cannot have them
 * @throws Error with apt's last words when the packages cannot be had
 */
export async function debianPrograms(say: Say): Promise<Programs | string> {
  const platform = platforms[process.arch]
  if (process.platform !== 'linux' || platform === undefined) return 'not Linux on x86-64 or arm64'
  // Changes with what is unpacked and how, so that old and new checkouts can share the cache.
  const root = join(cacheFolder(), `debian-${platform.architecture}-3`)
  if (!existsSync(root)) {
    for (const tool of ['apt-get', 'apt-cache', 'dpkg']) {
      if ((await runCommand(tool, ['--version'])).code === 127) return `not a Debian or Ubuntu host: there is no ${tool}`
    }
    await endGracefully((signal) =>
      withLock(
        `${root}.lock`,
        async () => {
          signal.throwIfAborted()
          if (!existsSync(root)) await downloadDebianPackages({ root, architecture: platform.architecture, say, signal })
        },
        () => say('another process is downloading MySQL and NATS, waiting for it'),
      ),
    )
  }
  return programsIn(root, platform)
}

function programsIn(root: string, { triplet, loader }: Platform): Programs {
  const libraries = join(root, 'usr/lib', triplet)
  // Its own loader and libraries: the host's may be years older.
  const ofMysql = (program: string) => ({
    command: join(libraries, loader),
    prefix: ['--library-path', `${libraries}:${join(libraries, 'mysql')}`, join(root, program)],
  })
  return {
    mysqlClient: (program) => ofMysql(`usr/bin/${program}`),
    mysqld: {
      ...ofMysql('usr/sbin/mysqld'),
      options: [
        `--basedir=${join(root, 'usr')}`,
        `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
        `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
      ],
    },
    natsServer: join(root, 'usr/sbin/nats-server'),
  }
}

/** Lets `work` clean up when Ctrl-C or SIGTERM interrupts it, and only then lets the signal have its usual effect. */
async function endGracefully(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupted = new AbortController()
  let received: NodeJS.Signals | undefined
  const onSignal = (name: NodeJS.Signals) => {
    received = name
    interrupted.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    await work(interrupted.signal)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    // Somebody else's handler has had the signal already and decides; without one it ends the process.
    if (received !== undefined && process.listenerCount(received) === 0) process.kill(process.pid, received)
  }
}
