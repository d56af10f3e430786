import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeOwnedFolder, removeLeftovers } from '../../leftovers.ts'
import { runCommand } from '../../run-command.ts'
import type { Say } from '../../stack.ts'
import { writeAptConfiguration } from './apt-configuration.ts'
import { hostDebianMirrors } from './debian-mirrors.ts'
import { announcedBytes, reportDownload } from './download-progress.ts'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const PREFIX = 'unpacking-'
const DEPENDS = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((kind) => `--no-${kind}`)

export interface Download {
  readonly packages: readonly string[]
  /** Names, of the packages and all they depend on, of those that are unpacked. */
  readonly needed: RegExp
  /** For people. */
  readonly what: string
  /** The folder to make. It appears when everything is in it: a download that stops half-way leaves nothing that looks finished. */
  readonly root: string
  /** As Debian calls it: amd64, arm64. */
  readonly architecture: string
  readonly say: Say
  /** Aborting it ends the download and removes what is there. */
  readonly signal: AbortSignal
}

/**
 * Downloads packages from Debian unstable and unpacks them.
 *
 * @throws Error with the last words of the program that failed
 */
export async function downloadDebianPackages(download: Download): Promise<void> {
  const { root, packages, needed, what, say } = download
  const cache = dirname(root)
  removeLeftovers(cache, PREFIX)
  const work = makeOwnedFolder(cache, PREFIX)
  try {
    const keyring = existsSync(KEYRING) ? KEYRING : await downloadKeyring(download, join(work, 'keyring'))
    const apt = await readPackageLists(download, work, keyring)
    const closure = await run(download, 'apt-cache', [...apt, 'depends', '--recurse', ...DEPENDS, ...packages])
    const names = [...new Set(closure.split('\n').filter((line) => needed.test(line)))]
    const archives = join(work, 'archives')
    mkdirSync(archives)
    const totalBytes = announcedBytes(await run(download, 'apt-get', [...apt, 'download', '--print-uris', ...names]))
    say(`downloading ${what}: ${names.length} packages, once for all checkouts`)
    const stopReport = reportDownload(`downloading ${what}`, totalBytes, archives, say)
    try {
      await run(download, 'apt-get', [...apt, 'download', ...names], archives)
    } finally {
      stopReport()
    }
    say(`unpacking ${what}`)
    const unpacked = join(work, 'root')
    for (const name of readdirSync(archives).filter((one) => one.endsWith('.deb'))) {
      await run(download, 'dpkg', ['-x', join(archives, name), unpacked])
    }
    renameSync(unpacked, root)
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** From the first mirror that answers. @returns apt's arguments for it */
async function readPackageLists(download: Download, work: string, keyring: string): Promise<string[]> {
  let failure: unknown
  for (const mirror of hostDebianMirrors()) {
    download.say(`reading the package lists of Debian unstable from ${mirror}`)
    const apt = writeAptConfiguration(work, { mirror, architecture: download.architecture, keyring })
    try {
      // Without Error-Mode a mirror that does not answer is a warning and the exit code 0.
      await run(download, 'apt-get', [...apt, '-o', 'APT::Update::Error-Mode=any', 'update', '-qq'])
      return apt
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** Ubuntu does not have Debian's keys at hand, but its own archive does, under its own signature. */
async function downloadKeyring(download: Download, folder: string): Promise<string> {
  const name = 'debian-archive-keyring'
  mkdirSync(folder)
  const apt = writeAptConfiguration(folder)
  download.say(`reading the package lists of this host for ${name}`)
  await run(download, 'apt-get', [...apt, 'update', '-qq'])
  await run(download, 'apt-get', [...apt, 'download', name], folder)
  for (const archive of readdirSync(folder).filter((one) => one.endsWith('.deb'))) {
    await run(download, 'dpkg', ['-x', join(folder, archive), folder])
  }
  return join(folder, KEYRING)
}

async function run(download: Download, command: string, args: readonly string[], cwd?: string): Promise<string> {
  const { signal } = download
  const result = await runCommand(command, args, { signal, ...(cwd === undefined ? {} : { cwd }) })
  signal.throwIfAborted()
  if (result.code === 0) return result.stdout
  const lines = result.stderr.trim().split('\n')
  throw new Error(`${command} failed: ${lines.find((line) => line.startsWith('E:')) ?? lines.at(-1)}`)
}
