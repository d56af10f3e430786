export interface ReconcileOptions {
  /** Start of the window. Stripe keeps events for 30 days; purchases and licenses are compared however old they are. */
  readonly since: Date
  /** What happened less than this ago is left to those who are at it; absent: nothing is. */
  readonly minAgeMs?: number
  /** Changes nothing and says what would be done. */
  readonly dryRun: boolean
  /** How much was looked at, for a progress bar. */
  readonly onProgress?: (step: 'events' | 'purchases' | 'licenses', count: number) => void
  /** Ends the run before its next page; what was mended stays. */
  readonly signal?: AbortSignal
}
