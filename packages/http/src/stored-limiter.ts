import type { Log } from '@licenseoperator/domain'
import { type IRateLimiterStoreOptions, RateLimiterRes } from 'rate-limiter-flexible'
import RateLimiterStoreAbstract from 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js'
import { errorFields } from './error-fields.ts'

/** Counters that several instances share. */
export interface RateLimitStore {
  /**
   * Adds points to a counter in one step; a counter whose window has ended starts anew.
   *
   * @returns what it counts now and how long its window goes on
   */
  add(key: string, points: number, windowMs: number): Promise<CountedPoints>
}

export interface CountedPoints {
  readonly points: number
  readonly msLeft: number
}

/** A refusal must not take longer to count than to decide. */
const STORE_MS = 500
/** For so long a store that failed is not asked again: nobody waits for it meanwhile. */
const AWAY_MS = 5000

/**
 * A limiter over a `RateLimitStore`. A key without points left is refused from memory until its window ends, so a flood costs the store no more than
 * the limit; while the store is away the insurance limiter counts.
 */
export class StoredLimiter extends RateLimiterStoreAbstract {
  readonly #store: RateLimitStore
  readonly #log: Log
  #awayUntil = 0

  constructor(
    store: RateLimitStore,
    { log, ...options }: Omit<IRateLimiterStoreOptions, 'storeClient' | 'inMemoryBlockOnConsumed'> & { log: Log },
  ) {
    super({ ...options, storeClient: store, inMemoryBlockOnConsumed: options.points })
    this.#store = store
    this.#log = log
  }

  /** Called by the library, whose types do not declare it. */
  protected async _upsert(key: string, points: number, windowMs: number): Promise<CountedPoints> {
    if (Date.now() < this.#awayUntil) throw new Error('the store is away')
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error('the store did not answer')), STORE_MS)
    try {
      return await Promise.race([this.#store.add(key, points, windowMs), late])
    } catch (error) {
      this.#awayUntil = Date.now() + AWAY_MS
      this.#log.warn('limits are counted in this process alone while their store is away', errorFields(error))
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Called by the library, whose types do not declare it. */
  protected _getRateLimiterRes(_key: string, changed: number, counted: CountedPoints): RateLimiterRes {
    const left = Math.max(0, this.points - counted.points)
    return new RateLimiterRes(left, counted.msLeft, counted.points, counted.points === changed)
  }
}
