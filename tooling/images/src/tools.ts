import { existsSync } from 'node:fs'
import { run } from './run.ts'

const tools = { buildah: '/usr/bin/buildah', debootstrap: '/usr/sbin/debootstrap' }

/** Installs what builds images where it is missing. @throws Error where that cannot be done */
export async function ensureTools(say: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('images are built by root (buildah with chroot, debootstrap): run it as root')
  const missing = Object.entries(tools).flatMap(([name, path]) => (existsSync(path) ? [] : [name]))
  if (missing.length === 0) return
  if (!existsSync('/usr/bin/apt-get'))
    throw new Error(`${missing.join(' and ')} are missing, and this is no Debian to install them`)
  say(`installing ${missing.join(' and ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-qq'], { env })
  await run('apt-get', ['install', '-y', '-qq', ...missing], { env })
}
