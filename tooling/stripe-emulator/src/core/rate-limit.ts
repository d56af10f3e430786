import type { Settings } from './settings.ts'

/** Stripe's limits on requests: a bucket for the account and one for each route, filled evenly. */
export interface RateLimit {
  /** Takes one request from the buckets. @returns why it is refused (`Stripe-Rate-Limited-Reason`), `null` when it may go on */
  take(route: string): 'global-rate' | 'endpoint-rate' | null
}

interface Bucket {
  tokens: number
  filledAtMs: number
}

/** Buckets follow the machine's time, not the emulator's: a client waits in the machine's. */
export function createRateLimit(settings: { current: Settings }): RateLimit {
  const buckets = new Map<string, Bucket>()

  function takeFrom(name: string, perSecond: number | null): boolean {
    if (perSecond === null) return true
    const nowMs = performance.now()
    const bucket = buckets.get(name) ?? { tokens: perSecond, filledAtMs: nowMs }
    const tokens = Math.min(perSecond, bucket.tokens + ((nowMs - bucket.filledAtMs) / 1000) * perSecond)
    buckets.set(name, { tokens: tokens >= 1 ? tokens - 1 : tokens, filledAtMs: nowMs })
    return tokens >= 1
  }

  return {
    take(route) {
      const { perSecond, perRoutePerSecond } = settings.current.rateLimit
      if (!takeFrom('', perSecond)) return 'global-rate'
      return takeFrom(route, perRoutePerSecond) ? null : 'endpoint-rate'
    },
  }
}
