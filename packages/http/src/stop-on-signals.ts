import type { Log } from '@licenseoperator/domain'
import { errorFields } from './error-fields.ts'

export interface StopOptions {
  /** Whoever sends us requests has to learn first that we are leaving. */
  readonly drain?: boolean
}

/** Something with a life of its own: a server, a consumer, a pool. */
export interface Stoppable {
  stop(options?: StopOptions): Promise<void>
}

/** Orchestrators kill ten seconds after SIGTERM; what hangs must not take the exit code with it. */
const EXIT_AFTER_MS = 9500
/** A drain that is configured to be longer moves the end by as much as it needs. */
const EXIT_AFTER_DRAIN_MS = 4500

/**
 * For `main.ts`: on SIGTERM or SIGINT stops everything in the given order and exits with 0; with 1 when something failed to stop or ten
 * seconds are nearly over. SIGTERM comes from an orchestrator and lets servers drain; SIGINT from a person who waits. A second signal exits at once with 128 + its number. An uncaught exception or rejection is logged
 * and ends the process with 1: its state cannot be trusted, and every step of ours survives a crash.
 */
export function stopOnSignals(
  stoppables: readonly Stoppable[],
  log: Log,
  { drainMs = 0 }: { /** The longest drain of any of them. */ drainMs?: number } = {},
): void {
  let stopping = false
  const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143)
    stopping = true
    log.info('stopping', { signal })
    setTimeout(
      () => {
        log.error('stopping took too long')
        process.exit(1)
      },
      Math.max(EXIT_AFTER_MS, drainMs + EXIT_AFTER_DRAIN_MS),
    ).unref()
    void stopAll(stoppables, log, { drain: signal === 'SIGTERM' }).then((clean) => {
      log.info('stopped')
      process.exit(clean ? 0 : 1)
    })
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('uncaughtException', (error) => {
    log.error('uncaught exception', errorFields(error))
    process.exit(1)
  })
  process.on('unhandledRejection', (reason) => {
    log.error('unhandled rejection', errorFields(reason))
    process.exit(1)
  })
}

/** One that fails to stop does not keep the next from stopping. */
async function stopAll(stoppables: readonly Stoppable[], log: Log, options: StopOptions): Promise<boolean> {
  let clean = true
  for (const stoppable of stoppables) {
    try {
      await stoppable.stop(options)
    } catch (error) {
      clean = false
      log.error('failed to stop', errorFields(error))
    }
  }
  return clean
}
