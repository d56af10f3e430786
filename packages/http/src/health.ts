import type { Hono, Schema } from 'hono'
import type { HttpEnv } from './http-env.ts'

export interface HealthOptions {
  /** Each resolves when its dependency answers and rejects when it does not. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>
  /** Time each check may take before it counts as down. */
  readonly timeoutMs: number
  /** Ready with `all` of the checks (by default), or with `any`: then it answers as soon as one is up. */
  readonly ready?: 'all' | 'any'
  /** Once it is aborted nothing is ready: the process is leaving and serves only what is still sent to it. */
  readonly draining?: AbortSignal | undefined
}

const RETRY_AFTER_SECONDS = 5

/** `GET /healthz`: 200 while the process can serve (contract 1.24). */
export function addLiveness<S extends Schema, B extends string>(app: Hono<HttpEnv, S, B>): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
}

/**
 * `GET /healthz`, and `GET /readyz`: 200, or 503 naming the checks that are down, without their reasons, or saying that the process is
 * leaving. Probes that arrive together share one run of the checks.
 */
export function addHealth<S extends Schema, B extends string>(app: Hono<HttpEnv, S, B>, options: HealthOptions): void {
  const { checks, timeoutMs, ready = 'all', draining } = options
  let running: Promise<Record<string, 'up' | 'down'>> | undefined
  const runAll = () => {
    running ??= states(checks, timeoutMs, ready).finally(() => {
      running = undefined
    })
    return running
  }
  addLiveness(app)
  app.get('/readyz', async (c) => {
    if (draining?.aborted === true) return c.json({ status: 'stopping' }, 503)
    const results = await runAll()
    const up = Object.values(results).map((state) => state === 'up')
    const isReady = up.length === 0 || (ready === 'all' ? up.every(Boolean) : up.some(Boolean))
    if (!isReady) c.header('Retry-After', String(RETRY_AFTER_SECONDS))
    return c.json({ status: isReady ? 'ok' : 'unavailable', checks: results }, isReady ? 200 : 503)
  })
}

/** A check that has not answered when another already made the process ready is left out. */
async function states(
  checks: HealthOptions['checks'],
  timeoutMs: number,
  ready: 'all' | 'any',
): Promise<Record<string, 'up' | 'down'>> {
  const known: Record<string, 'up' | 'down'> = {}
  const running = Object.entries(checks).map(async ([name, check]) => {
    const state = await outcome(check, timeoutMs)
    known[name] = state
    if (state === 'down') throw new Error('down')
  })
  const settled = Promise.allSettled(running)
  await (ready === 'any' ? Promise.any(running).catch(() => settled) : settled)
  return { ...known }
}

async function outcome(check: () => Promise<void>, timeoutMs: number): Promise<'up' | 'down'> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('late')), timeoutMs)
  try {
    await Promise.race([check(), late])
    return 'up'
  } catch {
    return 'down'
  } finally {
    clearTimeout(timer)
  }
}
