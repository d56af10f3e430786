import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../cache-folder.ts'
import { withLock } from '../../folder-lock.ts'
import { runCommand } from '../../run-command.ts'
import type { Say } from '../../stack.ts'
import { type Download, downloadDebianPackages } from './download-debian-packages.ts'

export interface Platform {
  readonly architecture: string
  readonly triplet: string
  readonly loader: string
}

const platforms: Partial<Record<NodeJS.Architecture, Platform>> = {
  x64: { architecture: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { architecture: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
}

/**
 * Packages of Debian unstable, unpacked into a cache folder that all checkouts share. Nothing is installed and no root is needed; apt checks the signatures.
 *
 * @param name  of the folder; changes with what is unpacked and how, so that old and new checkouts can share the cache
 * @returns where they are, or the reason why this host cannot have them
 * @throws Error with apt's last words when the packages cannot be had
 */
export async function unpackedPackages(
  name: string,
  wanted: Pick<Download, 'packages' | 'needed' | 'what'>,
  say: Say,
): Promise<{ readonly root: string; readonly platform: Platform } | string> {
  const platform = platforms[process.arch]
  if (process.platform !== 'linux' || platform === undefined) return 'not Linux on x86-64 or arm64'
  const root = join(cacheFolder(), `${name.replace('ARCHITECTURE', platform.architecture)}`)
  if (!existsSync(root)) {
    for (const tool of ['apt-get', 'apt-cache', 'dpkg']) {
      if ((await runCommand(tool, ['--version'])).code === 127) return `not a Debian or Ubuntu host: there is no ${tool}`
    }
    await endGracefully((signal) =>
      withLock(
        `${root}.lock`,
        async () => {
          signal.throwIfAborted()
          const { architecture } = platform
          if (!existsSync(root)) await downloadDebianPackages({ ...wanted, root, architecture, say, signal })
        },
        () => say(`another process is downloading ${wanted.what}, waiting for it`),
      ),
    )
  }
  return { root, platform }
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
