import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What all checkouts of this user share and can be had again: removing it costs a download. */
export function cacheFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'licenseoperator', 'stack')
  mkdirSync(folder, { recursive: true })
  return folder
}
