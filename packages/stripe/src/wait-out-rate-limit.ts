import { setTimeout as sleep } from 'node:timers/promises'
import { Stripe } from 'stripe'

const TRIES = 9
const LONGEST_PAUSE_MS = 10_000

/**
 * The SDK does not retry a rate limit, and Stripe gives no hint when to come back: full jitter below a bound that doubles from half a second
 * to ten, about 25 s on average in all and at most 50 s. The refused request was not executed, and its idempotency key not used up.
 */
export async function waitOutRateLimit<T>(request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request()
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 429 || attempt === TRIES) throw error
      await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 250 * 2 ** attempt))
    }
  }
}
