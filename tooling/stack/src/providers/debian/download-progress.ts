import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Say, silent } from '../../stack.ts'

const LIVE_MS = 250
const LINE_MS = 3000
const MEGABYTE = 1_000_000

/**
 * Reports how much of a download is there until the returned function is called: in place on a terminal, otherwise as a line every few
 * seconds.
 *
 * @param folder  where the files arrive
 */
export function reportDownload(what: string, totalBytes: number, folder: string, say: Say): () => void {
  if (say === silent) return () => undefined
  const line = () => `${what}: ${megabytes(sizeOf(folder))} of ${megabytes(totalBytes)} MB`
  const live = process.stderr.isTTY
  const timer = setInterval(
    () => {
      if (live) process.stderr.write(`\r\u001b[K${line()}`)
      else say(line())
    },
    live ? LIVE_MS : LINE_MS,
  )
  return () => {
    clearInterval(timer)
    if (live) process.stderr.write('\r\u001b[K')
  }
}

/** Sum of the sizes that `apt-get download --print-uris` announces: `'URI' name SIZE SHA256:…` per line. */
export function announcedBytes(uris: string): number {
  return uris.split('\n').reduce((sum, line) => sum + Number(/^'[^']*' \S+ (\d+)/.exec(line)?.[1] ?? 0), 0)
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => {
    // apt renames a file when it is complete: it may be gone since the folder was read.
    const file = statSync(join(folder, name), { throwIfNoEntry: false })
    return sum + (file?.isFile() === true ? file.size : 0)
  }, 0)
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0)
}
