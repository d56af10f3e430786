import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, isAlive, type ProcessIdentity, toIdentity } from './process-identity.ts'

const POLL_MS = 200

/**
 * Runs `work` while no other process of this machine holds the lock. A lock whose owner is gone, or that nobody can read, counts as free.
 *
 * @param path    the lock is this file; its folder is made when missing
 * @param onWait  called once when another process has it
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait: () => void): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  for (let waited = false; !tryLock(path); waited = true) {
    if (!waited) onWait()
    await sleep(POLL_MS)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function tryLock(path: string): boolean {
  // A link appears with its content, so a reader never sees the half-written lock of a live owner.
  const own = uniqueName(path)
  writeFileSync(own, JSON.stringify(identityOf(process.pid)))
  try {
    if (link(own, path)) return true
    const owner = readOwner(path)
    if (owner !== 'gone' && (owner === 'unreadable' || !isAlive(owner))) removeStale(path)
    return link(own, path)
  } finally {
    rmSync(own, { force: true })
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Of several that found the same stale lock one moves it away. Who moved away a new, live one instead puts it back. */
function removeStale(path: string): void {
  const aside = uniqueName(path)
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const owner = readOwner(aside)
  if (typeof owner === 'object' && isAlive(owner)) link(aside, path)
  rmSync(aside, { force: true })
}

function readOwner(path: string): ProcessIdentity | 'unreadable' | 'gone' {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return 'gone'
  }
  try {
    return toIdentity(JSON.parse(text)) ?? 'unreadable'
  } catch {
    return 'unreadable'
  }
}

function uniqueName(path: string): string {
  return `${path}.${process.pid}.${crypto.randomUUID()}`
}
