import { LEFT_ALONE_MS, type ProcessDeps, reconcileOnce } from '@licenseoperator/billing'
import { cronSchedule } from '@licenseoperator/config'
import { pause } from '../every.ts'

/** A timer of Node runs at once when its delay passes 2^31 ms. */
const LONGEST_TIMER_MS = 24 * 3_600_000

/**
 * Compares Stripe's books with ours whenever the schedule says so, one instance at a time: the others find the lease taken and wait for the next time. Ends
 * with the signal.
 *
 * @param cron     five fields, UTC; empty for never
 * @param onAgree  told after each run whether the books agree
 */
export async function runReconcile(
  deps: ProcessDeps,
  settings: { readonly scheduleCron: string; readonly windowMs: number },
  onAgree: (agree: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  if (settings.scheduleCron === '') return
  const schedule = cronSchedule(settings.scheduleCron)
  while (!signal.aborted) {
    const next = schedule?.nextRun()
    if (next === undefined || next === null) return
    while (!signal.aborted && Date.now() < next.getTime())
      await pause(Math.min(LONGEST_TIMER_MS, next.getTime() - Date.now()), signal)
    if (!signal.aborted) await reconcileOnce(deps, settings.windowMs, onAgree, signal, LEFT_ALONE_MS)
  }
}
