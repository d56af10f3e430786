import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostDebianMirrors } from '@licenseoperator/stack'
import { run } from './run.ts'

const SUITE = 'bookworm'
/** Of the recipe below: another number makes a new base. */
const RECIPE = 1
/** What the official image has beside Debian: these libraries and this user. */
const PACKAGES = ['ca-certificates', 'libatomic1', 'libstdc++6']
const ADD_USER = 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node'
const NPM = 'npm@11'

/**
 * A root file system that stands in for the official `node:…-bookworm-slim`: Debian from the mirror of this host, the Node of node_modules and npm from
 * the registry. Made once and kept in the user's cache; removing it costs a minute.
 *
 * @returns a tar archive
 */
export async function baseArchive(say: (line: string) => void): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'licenseoperator', 'images')
  const archive = join(cache, `${SUITE}-${process.arch}-node-${process.versions.node}-${RECIPE}.tar`)
  if (existsSync(archive)) return archive
  say(`base: ${SUITE} by debootstrap, Node ${process.versions.node}`)
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(tmpdir(), 'licenseoperator-base-'))
  try {
    const root = join(work, 'root')
    await bootstrap(root)
    await run('chroot', [root, 'sh', '-c', ADD_USER])
    await run('sh', ['-c', 'rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/*', 'sh', root])
    copyFileSync(process.execPath, join(root, 'usr/local/bin/node'))
    await run('npm', ['install', '--global', '--prefix', join(root, 'usr/local'), '--no-audit', '--no-fund', NPM])
    await run('chroot', [root, 'npm', '--version'])
    await run('tar', ['-C', root, '-cf', join(work, 'base.tar'), '.'])
    // Several may make it at once: each a file of its own, and the last name wins.
    const made = `${archive}.${process.pid}`
    copyFileSync(join(work, 'base.tar'), made)
    renameSync(made, archive)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return archive
}

/** @throws Error with what the last mirror said when none works */
async function bootstrap(root: string): Promise<void> {
  const proxies = await run('apt-config', ['shell', 'http_proxy', 'Acquire::http::Proxy', 'https_proxy', 'Acquire::https::Proxy'])
  const env = Object.fromEntries([...proxies.matchAll(/^(\w+)='(.+)'$/gm)].map(([, name = '', value = '']) => [name, value]))
  let refusal: unknown
  for (const mirror of hostDebianMirrors()) {
    try {
      await run('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join(',')}`, SUITE, root, mirror], { env })
      return
    } catch (error) {
      refusal = error
      rmSync(root, { recursive: true, force: true })
    }
  }
  throw refusal
}
