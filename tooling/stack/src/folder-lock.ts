import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts'

/**
 * Runs `work` while no other process of this machine holds the lock. A lock whose owner is gone counts as free.
 *
 * @param onWait  called once when another process has it
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait: () => void): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  for (let waited = false; !tryLock(path); waited = true) {
    if (!waited) onWait()
    await sleep(200)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function tryLock(path: string): boolean {
  const own = identityOf(process.pid)
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx' })
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const owner = readOwner(path)
  if (owner === 'unreadable' || isAlive(owner)) return false
  rmSync(path, { force: true })
  return false
}

/** The file of an owner that is just writing it is empty for a moment. */
function readOwner(path: string): ProcessIdentity | 'unreadable' {
  try {
    const owner: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof owner === 'object' && owner !== null && 'pid' in owner && 'startTime' in owner) {
      return { pid: Number(owner.pid), startTime: String(owner.startTime) }
    }
  } catch {
    return 'unreadable'
  }
  return 'unreadable'
}
