import { DomainError } from '@licenseoperator/domain'
import type { Context, MiddlewareHandler } from 'hono'
import type { HttpEnv } from './http-env.ts'

export interface RateLimitOptions {
  /** Requests allowed per key and window. */
  readonly limit: number
  readonly windowMs: number
  /** Whom to count, e.g. `clientAddress()` or the caller's identity; `undefined` is not limited. */
  readonly key: (c: Context<HttpEnv>) => string | undefined
  /** Which answered requests count; by default every request, before it is handled. */
  readonly counts?: (c: Context<HttpEnv>) => boolean
  readonly now?: () => number
  /** Keys kept at once. Beyond it the oldest window is forgotten: memory stays bounded, one address more gets a fresh start. */
  readonly maxKeys?: number
}

/**
 * Fixed-window limit in this process's memory.
 *
 * @throws DomainError `rate_limited` (429 with `Retry-After`) until the window of the key ends
 */
export function rateLimit(options: RateLimitOptions): MiddlewareHandler<HttpEnv> {
  const { limit, windowMs, key, counts, now = () => performance.now(), maxKeys = 10_000 } = options
  const windows = new Map<string, { used: number; endsAt: number }>()
  const windowOf = (name: string) => {
    const found = windows.get(name)
    if (found !== undefined && found.endsAt > now()) return found
    // Deleted first so that the map stays in order of window start, which makes the first entry the oldest.
    windows.delete(name)
    const [oldest] = windows.size >= maxKeys ? windows.keys() : []
    if (oldest !== undefined) windows.delete(oldest)
    const fresh = { used: 0, endsAt: now() + windowMs }
    windows.set(name, fresh)
    return fresh
  }
  return async (c, next) => {
    const name = key(c)
    if (name === undefined) return next()
    const open = windows.get(name)
    if (open !== undefined && open.endsAt > now() && open.used >= limit) {
      throw new DomainError('rate_limited', 'too many requests', { retryAfterSeconds: (open.endsAt - now()) / 1000 })
    }
    if (counts === undefined) windowOf(name).used += 1
    await next()
    if (counts?.(c) === true) windowOf(name).used += 1
  }
}

/**
 * Slows down guessing of tokens: after 20 refused credentials a minute the address gets 429 before its next credential is looked at. Comes
 * before `identifyCaller`. Requests without any credential don't count: every visitor who is not logged in makes them.
 */
export function limitFailedAuth(
  options: Pick<RateLimitOptions, 'key' | 'now' | 'maxKeys'> & { limit?: number },
): MiddlewareHandler<HttpEnv> {
  const refused = (c: Context<HttpEnv>) => c.res.status === 401 && c.get('credential') !== undefined
  return rateLimit({ limit: 20, windowMs: 60_000, ...options, counts: refused })
}
