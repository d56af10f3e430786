import type { Config } from '@licenseoperator/config'
import { openDatabase, waitForSchema } from '@licenseoperator/db'
import { type Log, surfaces } from '@licenseoperator/domain'
import { announceCatalogChange, onCatalogChange, openNatsLink } from '@licenseoperator/events'
import { addNatsMetric, createMetrics, type StopOptions, serveWithOperations } from '@licenseoperator/http'
import { openKeyRing, openOperatorLicense } from '@licenseoperator/licensing'
import type { KeyRing } from '@licenseoperator/signing'
import { createStripe } from '@licenseoperator/stripe'
import { type ApiConfig, type ApiDeps, createApp, operationsOf } from './app.ts'
import { createCatalogView } from './catalog-view.ts'
import { addOperatorLicenseMetric } from './operator-license-metric.ts'

export type ApiSections = Config<'security' | 'internalAuth' | 'stripe' | 'nats' | 'mysql'>

export interface RunningApi {
  readonly url: string
  readonly port: number
  /** Where readiness and metrics are served, when that is an address of its own. */
  readonly adminUrl: string | undefined
  /** Finishes requests in flight and closes the connections. */
  stop(options?: StopOptions): Promise<void>
}

/** How long a starting service waits for what it depends on before it says so and ends. */
const START_WAIT_MS = 15_000
/** Clients give up after 10 s; a request may hold a connection for this long. */
const REQUEST_HOLD_MS = 3000

/**
 * Starts the API on `server.addr`. Without NATS it serves all the same: other instances then learn of a change of the catalog a little later.
 *
 * @throws CannotListen, or DomainError with one sentence after a bounded wait for MySQL
 */
export async function startApi({ config, log }: { config: ApiSections; log: Log }): Promise<RunningApi> {
  const { mysql, nats, server } = config
  const database = openDatabase({
    ...mysql,
    password: mysql.password.reveal(),
    maxConnections: mysql.maxOpenConns,
    maxIdleConnections: mysql.maxIdleConns,
    holdMs: REQUEST_HOLD_MS,
  })
  const link = openNatsLink({ ...nats, name: 'licenseoperator-api', log })
  const stopping = new AbortController()
  const closing: (() => void)[] = [() => stopping.abort()]
  const close = async () => {
    for (const one of closing) one()
    await link.close()
    await database.close()
  }
  try {
    await waitForSchema(database.db, mysql, Date.now() + START_WAIT_MS)
    const operatorLicense = await openOperatorLicense({ ...config.license, log, now: () => new Date() })
    closing.push(() => operatorLicense.close())
    const metrics = createMetrics()
    addOperatorLicenseMetric(metrics, operatorLicense)
    addNatsMetric(metrics, link)
    const draining = new AbortController()
    const catalog = createCatalogView({ announce: () => announceCatalogChange(link) })
    void onCatalogChange(link, catalog.forget, stopping.signal)
    const deps: ApiDeps = {
      db: database.db,
      stripe: createStripe({ apiKey: config.stripe.apiKey.reveal(), apiBase: config.stripe.apiBase }),
      keys: signingKeysOf(config),
      operatorLicense,
      catalog,
      config: apiConfigOf(config),
      checks: { mysql: () => database.ping() },
      draining: draining.signal,
      operationsElsewhere: server.adminAddr !== undefined,
      log,
      metrics,
      now: () => new Date(),
    }
    const serving = await serveWithOperations({
      fetch: createApp(deps).fetch,
      ...server.addr,
      ...listenerLimits(server),
      adminAddr: server.adminAddr,
      operations: operationsOf(deps),
      log,
      onDrain: () => draining.abort(),
      onStop: close,
    })
    log.info('api runs', { url: serving.url, adminUrl: serving.adminUrl })
    return serving
  } catch (error) {
    await close()
    throw error
  }
}

/** The part of the configuration that the listener reads. */
export function listenerLimits(server: Config<never>['server']) {
  const { drainDelayMs: drainMs, maxConnectionsPerAddress: connectionsPerAddress, trustedProxies } = server
  return { drainMs, connectionsPerAddress, trustedProxies }
}

/** The part of the configuration that the routes read. */
export function apiConfigOf({
  server,
  internalAuth,
  stripe,
  productDisplay,
  licensePolicy,
  security,
  trials,
}: Config<'security' | 'internalAuth' | 'stripe'>): ApiConfig {
  return {
    publicBaseUrl: server.publicBaseUrl,
    corsAllowedOrigins: server.corsAllowedOrigins,
    trustedProxies: server.trustedProxies,
    token: {
      secret: internalAuth.jwtSecret.reveal(),
      issuer: internalAuth.issuer,
      audience: internalAuth.audience,
      requireIssuerAndAudience: internalAuth.requireIssuerAndAudience,
      jwks:
        internalAuth.jwksUrl === undefined ? undefined : { url: internalAuth.jwksUrl, algorithms: internalAuth.jwksAlgorithms },
    },
    requiredScopes: Object.fromEntries(surfaces.map((surface) => [surface, internalAuth.requiredScopes[surface] === true])),
    checkout: {
      rootAppUrl: stripe.rootAppUrl,
      successBaseUrl: stripe.successBaseUrl,
      frontendBasePath: stripe.frontendBasePath,
      requireGroupName: stripe.requireGroupName,
      automaticTax: stripe.enableAutomaticTaxes,
      defaultSubscriptionSlug: stripe.defaultSubscriptionSlug,
      defaultOneOffSlug: stripe.defaultOneOffSlug,
      defaultTermDays: licensePolicy.defaultTermDays,
      defaultTrialDays: stripe.trialPeriodDays,
      maintenancePriceLookupKey: stripe.maintenancePriceLookupKey,
    },
    productDisplay,
    productKeys: security.map((pair) => pair.productKey),
    trials,
    licensePolicy,
    portalReturnUrl: stripe.portalReturnUrl,
    maintenancePriceLookupKey: stripe.maintenancePriceLookupKey,
  }
}

/** @throws SigningKeyError naming the entry of `security` that cannot sign */
function signingKeysOf({ security }: Config<'security'>): KeyRing {
  return openKeyRing(security.map((pair) => ({ ...pair, privateKeyPem: pair.privateKeyPem.reveal() })))
}
