import { type Db, inTransaction, rateLimits } from '@licenseoperator/db'
import type { RateLimitStore } from '@licenseoperator/http'

const TIDY_EVERY_MS = 60_000

/** Limits in MySQL, so that all instances count together. Whoever counts tidies up once a minute. */
export function createRateLimitStore(db: Db, now: () => Date): RateLimitStore {
  let tidyAt = now().getTime() + TIDY_EVERY_MS
  return {
    add(name, points, windowMs) {
      const at = now()
      const tidy = at.getTime() >= tidyAt
      if (tidy) tidyAt = at.getTime() + TIDY_EVERY_MS
      return inTransaction(db, async (tx) => {
        const counted = await rateLimits.add(tx, { name, points, windowMs }, at)
        if (tidy) await rateLimits.forgetEnded(tx, at)
        return { points: counted.points, msLeft: Math.max(0, counted.endsAt.getTime() - at.getTime()) }
      })
    },
  }
}
