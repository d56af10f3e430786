import type { Hono, Schema } from 'hono'
import type { HttpEnv } from './http-env.ts'

export interface HealthOptions {
  /** Each resolves when its dependency answers and rejects when it does not. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>
  /** Time each check may take before it counts as down. */
  readonly timeoutMs: number
}

const RETRY_AFTER_SECONDS = 5

/**
 * `GET /healthz`: 200 while the process can serve (contract 1.24). `GET /readyz`: 200, or 503 naming the checks that are down, without
 * their reasons. Probes that arrive together share one run of the checks.
 */
export function addHealth<S extends Schema, B extends string>(
  app: Hono<HttpEnv, S, B>,
  { checks, timeoutMs }: HealthOptions,
): void {
  let running: Promise<[string, 'up' | 'down'][]> | undefined
  const runAll = () => {
    running ??= Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await outcome(check, timeoutMs)] as const))
      .then((results) => results.map(([name, state]): [string, 'up' | 'down'] => [name, state]))
      .finally(() => {
        running = undefined
      })
    return running
  }
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const results = await runAll()
    const ready = results.every(([, state]) => state === 'up')
    if (!ready) c.header('Retry-After', String(RETRY_AFTER_SECONDS))
    return c.json({ status: ready ? 'ok' : 'unavailable', checks: Object.fromEntries(results) }, ready ? 200 : 503)
  })
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
