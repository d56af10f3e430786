import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Does `work` again and again until the signal ends it; at once when the last run found something to do, else after a pause. A failure is
 * reported and tried again after the pause.
 *
 * @param work  answers how much it found to do
 */
export async function every(
  pauseMs: number,
  signal: AbortSignal,
  work: () => Promise<number>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    let found = 0
    try {
      found = await work()
    } catch (error) {
      onError(error)
    }
    if (found === 0) await pause(pauseMs, signal)
  }
}

/** Waits, but not longer than the signal. */
export async function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(pauseMs, undefined, { signal })
  } catch {
    // The signal ended the pause, which is what it is for.
  }
}

/** Waits for work to end, but after the signal no longer than `graceMs`. @returns false when it goes on */
export async function finishedBy(work: Promise<unknown>, signal: AbortSignal, graceMs: number): Promise<boolean> {
  const ended = work.then(() => true)
  const over = new AbortController()
  const given = async () => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    await pause(graceMs, over.signal)
    return false
  }
  try {
    return await Promise.race([ended, given()])
  } finally {
    over.abort()
  }
}
