import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { withLock } from '../folder-lock.ts'
import { runCommand } from '../run-command.ts'
import type { Programs } from '../servers/server-commands.ts'
import type { Say } from '../stack.ts'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const DEFAULT_MIRROR = 'http://deb.debian.org/debian'
/** Only the suite named unstable has a current MySQL and nats-server. */
const SUITE = 'unstable'
const PACKAGES = ['mysql-server-core', 'nats-server']
/** Of the dependency closure the servers need the libraries; the rest (perl, adduser, debconf) serves package installation. */
const NEEDED = /^(?:lib(?!perl)|mysql-server-core|nats-server)/
const TRIPLETS: Partial<Record<NodeJS.Architecture, { triplet: string; loader: string }>> = {
  x64: { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
}

/**
 * Debian's packages of both servers, unpacked into a cache folder that all checkouts share. Nothing is installed and no root is needed; apt
 * checks the signatures.
 *
 * @returns the programs, or the reason why this host cannot have them
 */
export async function debianPrograms(say: Say): Promise<Programs | string> {
  const platform = TRIPLETS[process.arch]
  if (process.platform !== 'linux' || platform === undefined) return 'Debian packages: not Linux on x86-64 or arm64'
  for (const tool of ['apt-get', 'apt-cache', 'dpkg']) {
    if ((await runCommand(tool, ['--version'])).code === 127) return `Debian packages: there is no ${tool}`
  }
  if (!existsSync(KEYRING)) return `Debian packages: ${KEYRING} is missing (package debian-archive-keyring)`
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'licenseoperator', 'stack')
  const root = join(cache, `debian-${process.arch}-1`)
  if (!existsSync(root)) {
    await withLock(
      `${root}.lock`,
      async () => {
        if (!existsSync(root)) await download(cache, root, say)
      },
      () => say('another process is downloading MySQL and NATS, waiting for it'),
    )
  }
  return programsIn(root, platform)
}

function programsIn(root: string, { triplet, loader }: { triplet: string; loader: string }): Programs {
  const libraries = join(root, 'usr/lib', triplet)
  return {
    mysqld: {
      // Its own loader and libraries: the host's may be years older.
      command: join(libraries, loader),
      prefix: ['--library-path', `${libraries}:${join(libraries, 'mysql')}`, join(root, 'usr/sbin/mysqld')],
      options: [
        `--basedir=${join(root, 'usr')}`,
        `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
        `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
      ],
    },
    natsServer:
      ['usr/sbin/nats-server', 'usr/bin/nats-server'].map((path) => join(root, path)).find((path) => existsSync(path)) ??
      'nats-server',
  }
}

/** Into a folder of its own first and renamed when complete: a download that stops half-way leaves nothing that looks finished. */
async function download(cache: string, root: string, say: Say): Promise<void> {
  for (const name of readdirSync(cache))
    if (name.startsWith('unpacking-')) rmSync(join(cache, name), { recursive: true, force: true })
  const work = mkdtempSync(join(cache, 'unpacking-'))
  const interrupted = new AbortController()
  const onSignal = () => interrupted.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  try {
    const run = async (
      what: string,
      command: string,
      args: readonly string[],
      options: { cwd?: string; onLine?: (line: string) => void } = {},
    ) => {
      const result = await runCommand(command, args, { ...options, signal: interrupted.signal })
      if (result.code !== 0) throw new Error(`${what} failed: ${result.stderr.trim().split('\n').at(-1) ?? ''}`)
      return result.stdout
    }
    const apt = aptOptions(work)
    say('reading the package lists of Debian unstable')
    await run('reading the package lists', 'apt-get', [...apt, 'update', '-qq'])
    const depends = [
      '--recurse',
      '--no-recommends',
      '--no-suggests',
      '--no-conflicts',
      '--no-breaks',
      '--no-replaces',
      '--no-enhances',
    ]
    const closure = await run('resolving dependencies', 'apt-cache', [...apt, 'depends', ...depends, ...PACKAGES])
    const names = [...new Set(closure.split('\n').filter((line) => NEEDED.test(line)))]
    const archives = join(work, 'archives')
    mkdirSync(archives)
    let count = 0
    const onLine = (line: string) => {
      if (!line.startsWith('Get:')) return
      count += 1
      if (count % 5 === 0 || count === names.length) say(`downloading MySQL and NATS: ${count} of ${names.length} packages`)
    }
    await run('downloading packages', 'apt-get', [...apt, 'download', ...names], { cwd: archives, onLine })
    say('unpacking')
    const unpacked = join(work, 'root')
    for (const archive of readdirSync(archives))
      await run(`unpacking ${archive}`, 'dpkg', ['-x', join(archives, archive), unpacked])
    renameSync(unpacked, root)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    rmSync(work, { recursive: true, force: true })
  }
  if (interrupted.signal.aborted) process.exit(130)
}

function aptOptions(work: string): string[] {
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, folder), { recursive: true })
  writeFileSync(join(work, 'status'), '')
  writeFileSync(join(work, 'sources.list'), `deb [signed-by=${KEYRING}] ${hostMirror()} ${SUITE} main\n`)
  const settings = {
    'Dir::Etc::SourceList': join(work, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::State::Status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'APT::Sandbox::User': userInfo().username,
    'APT::Get::List-Cleanup': 'false',
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

/** The mirror that the host's own apt uses, because the default one may not be reachable from here. */
function hostMirror(): string {
  const folder = '/etc/apt/sources.list.d'
  const files = ['/etc/apt/sources.list', ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])]
  for (const file of files) {
    if (!existsSync(file)) continue
    const uri = /^(?:URIs:|deb\s+(?:\[[^\]]*\]\s+)?)\s*(https?:\/\/\S+\/debian\/?)(?:\s|$)/m.exec(readFileSync(file, 'utf8'))?.[1]
    if (uri !== undefined) return uri.replace(/\/$/, '')
  }
  return DEFAULT_MIRROR
}
