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
