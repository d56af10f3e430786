import { setTimeout as sleep } from 'node:timers/promises'

/** The promise's value, or `undefined` when it takes longer. Leaves no timer behind. The promise itself goes on. */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  const settled = new AbortController()
  try {
    return await Promise.race([promise, sleep(timeoutMs, undefined, { signal: settled.signal })])
  } finally {
    settled.abort()
  }
}
