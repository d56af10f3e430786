import { DomainError, type Log } from '@licenseoperator/domain'
import type { Context, MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { errorFields } from './error-fields.ts'
import type { HttpEnv } from './http-env.ts'
import { type RateLimitStore, StoredLimiter } from './stored-limiter.ts'

export interface LimiterOptions {
  /** Names the counters in the store; ASCII. */
  readonly name: string
  /** Points per key and window. */
  readonly limit: number
  readonly windowMs: number
  /** Counters that all instances share. Absent, or while it is away: this process's memory. */
  readonly store?: RateLimitStore | undefined
  readonly log: Log
}

export interface Limiter {
  /** Takes one point. @throws DomainError `rate_limited` until the window of the key ends; nothing else, whatever becomes of the store */
  take(key: string): Promise<void>
  /** Returns a point that turned out not to count. Only for limiters without a store, which stop asking it about a key that has none left. */
  giveBack(key: string): Promise<void>
}

/** Fixed windows, counted by rate-limiter-flexible. */
export function createLimiter({ name, limit, windowMs, store, log }: LimiterOptions): Limiter {
  const options = { keyPrefix: name, points: limit, duration: windowMs / 1000 }
  const memory = new RateLimiterMemory(options)
  const limiter = store === undefined ? memory : new StoredLimiter(store, { ...options, insuranceLimiter: memory, log })
  return {
    async take(key) {
      try {
        await limiter.consume(key)
      } catch (refused) {
        if (refused instanceof RateLimiterRes) {
          throw new DomainError('rate_limited', 'too many requests', { retryAfterSeconds: refused.msBeforeNext / 1000 })
        }
        // A limiter that cannot count must not refuse: it protects a service and is none.
        log.warn('a request could not be counted', { limit: name, ...errorFields(refused) })
      }
    },
    async giveBack(key) {
      await limiter.reward(key)
    },
  }
}

/**
 * Middleware that takes one point for every request of a key.
 *
 * @param key  whom to count, e.g. `clientNetwork()` or the caller's identity; `undefined` is not limited
 */
export function rateLimit(options: {
  limiter: Limiter
  key: (c: Context<HttpEnv>) => string | undefined
}): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const key = options.key(c)
    if (key !== undefined) await options.limiter.take(key)
    await next()
  }
}

const FAILED_AUTH = { name: 'failed-auth', limit: 20, windowMs: 60_000 } as const

/**
 * Slows down guessing of tokens: after 20 refused credentials a minute the network's next refused one gets 429 instead of 401. It is asked
 * after a credential was refused and for nothing else, so that nobody's good token, public page or webhook suffers from a neighbour.
 *
 * @returns `onRefused` of `identifyCaller`
 */
export function limitFailedAuth(
  options: Pick<LimiterOptions, 'store' | 'log'> & { key: (c: Context<HttpEnv>) => string; limit?: number },
): (c: Context<HttpEnv>) => Promise<void> {
  const { key, ...limiterOptions } = options
  const limiter = createLimiter({ ...FAILED_AUTH, ...limiterOptions })
  return (c) => limiter.take(key(c))
}
