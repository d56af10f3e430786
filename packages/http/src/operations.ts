import type { Log } from '@licenseoperator/domain'
import { Hono, type Schema } from 'hono'
import { accessLog } from './access-log.ts'
import { methodNotAllowed, notFound, toErrorResponse } from './error-response.ts'
import { addHealth, addLiveness, type HealthOptions } from './health.ts'
import type { HttpEnv } from './http-env.ts'
import { type Metrics, metricsHandler } from './metrics.ts'
import { requestId } from './request-id.ts'
import { securityHeaders } from './security-headers.ts'
import { type ServeOptions, type Serving, serveGracefully } from './serve-gracefully.ts'

export interface OperationsOptions extends HealthOptions {
  readonly metrics: Metrics
}

/** What operators ask: `/healthz`, `/readyz` and `/metrics`; `elsewhere` leaves `/healthz` alone on this app. */
export function addOperations<S extends Schema, B extends string>(
  app: Hono<HttpEnv, S, B>,
  options: OperationsOptions,
  { elsewhere = false }: { elsewhere?: boolean | undefined } = {},
): void {
  if (elsewhere) {
    addLiveness(app)
    return
  }
  addHealth(app, options)
  app.get('/metrics', metricsHandler(options.metrics))
}

/** `addOperations` for an address of its own, which the public does not reach. */
function createOperationsApp(options: OperationsOptions & { readonly log: Log }): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.use(requestId(), accessLog(options.log), securityHeaders(), methodNotAllowed(app))
  app.notFound(notFound)
  app.onError(toErrorResponse(options.log))
  addOperations(app, options)
  return app
}

/**
 * Serves an app, and what operators ask on `adminAddr` where there is one. That one answers until the last request of the public has been
 * served, so that readiness can be asked during the drain.
 *
 * @throws CannotListen for either address; then neither is listened on
 */
export async function serveWithOperations(
  options: ServeOptions & {
    readonly adminAddr: { readonly host: string; readonly port: number } | undefined
    readonly operations: OperationsOptions
  },
): Promise<Serving & { readonly adminUrl: string | undefined }> {
  const { adminAddr, operations, log, onStop, ...main } = options
  const admin =
    adminAddr === undefined
      ? undefined
      : await serveGracefully({ fetch: createOperationsApp({ ...operations, log }).fetch, ...adminAddr, log })
  try {
    const onStopBoth = async () => {
      await admin?.stop()
      await onStop?.()
    }
    return { ...(await serveGracefully({ ...main, log, onStop: onStopBoth })), adminUrl: admin?.url }
  } catch (error) {
    await admin?.stop()
    throw error
  }
}
