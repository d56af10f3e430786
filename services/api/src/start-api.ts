import type { Config } from '@licenseoperator/config'
import { type Database, openDatabase, waitForSchema } from '@licenseoperator/db'
import { type Log, surfaces } from '@licenseoperator/domain'
import { announceCatalogChange, type NatsLink, onCatalogChange, openNatsLink } from '@licenseoperator/events'
import {
  addNatsMetric,
  createMetrics,
  type HttpEnv,
  type Metrics,
  type StopOptions,
  serveWithOperations,
} from '@licenseoperator/http'
import { openKeyRing, openOperatorLicense } from '@licenseoperator/licensing'
import type { KeyRing } from '@licenseoperator/signing'
import { createStripe } from '@licenseoperator/stripe'
import type { Hono } from 'hono'
import type { ApiConfig, ApiDeps } from './api-deps.ts'
import { createApp, operationsOf } from './app.ts'
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

/** What the routes work with, and what else is served with them. */
export interface ApiSurroundings {
  readonly database: Pick<Database, 'db' | 'ping'>
  readonly nats: NatsLink
  readonly metrics: Metrics
  /** Adds routes of another service to the same listener. */
  addRoutes?(app: Hono<HttpEnv>): void
}

export interface StartApiOptions {
  readonly config: ApiSections
  readonly log: Log
  /** Opened, and closed after the API has stopped, by whoever runs it beside something else; absent: the API opens its own. */
  readonly surroundings?: ApiSurroundings
}

/**
 * Starts the API on `server.addr`. Without NATS it serves all the same: other instances then learn of a change of the catalog a little later.
 *
 * @throws CannotListen, or DomainError with one sentence after a bounded wait for MySQL
 */
export async function startApi({ config, log, surroundings }: StartApiOptions): Promise<RunningApi> {
  const { server } = config
  const keys = signingKeysOf(config)
  const stopping = new AbortController()
  const closing: (() => Promise<void> | void)[] = [() => stopping.abort()]
  const close = async () => {
    for (const closeNext of closing) await closeNext()
  }
  try {
    const operatorLicense = await openOperatorLicense({ ...config.license, log, now: () => new Date() })
    closing.push(() => operatorLicense.close())
    const { database, nats, metrics, addRoutes } = surroundings ?? (await openSurroundings(config, log, closing))
    addOperatorLicenseMetric(metrics, operatorLicense)
    const draining = new AbortController()
    const catalog = createCatalogView({ announce: () => announceCatalogChange(nats) })
    void onCatalogChange(nats, catalog.forget, stopping.signal)
    const deps: ApiDeps = {
      db: database.db,
      stripe: createStripe({ apiKey: config.stripe.apiKey.reveal(), apiBase: config.stripe.apiBase }),
      keys,
      operatorLicense,
      catalog,
      config: apiConfigOf(config),
      // What the API cannot do without, whatever is served beside it.
      checks: { mysql: () => database.ping() },
      draining: draining.signal,
      operationsElsewhere: server.adminAddr !== undefined,
      log,
      metrics,
      now: () => new Date(),
    }
    const app = createApp(deps)
    addRoutes?.(app)
    return await serveWithOperations({
      fetch: app.fetch,
      ...server.addr,
      ...listenerLimits(server),
      adminAddr: server.adminAddr,
      operations: operationsOf(deps),
      log,
      onDrain: () => draining.abort(),
      onStop: close,
    })
  } catch (error) {
    await close()
    throw error
  }
}

/** @param closing  what closes the connections is added to it, before anything can fail */
async function openSurroundings(
  { mysql, nats }: ApiSections,
  log: Log,
  closing: (() => Promise<void> | void)[],
): Promise<ApiSurroundings> {
  const database = openDatabase({
    ...mysql,
    password: mysql.password.reveal(),
    maxConnections: mysql.maxOpenConns,
    maxIdleConnections: mysql.maxIdleConns,
    holdMs: REQUEST_HOLD_MS,
  })
  const link = openNatsLink({ ...nats, name: 'licenseoperator-api', log })
  closing.push(
    () => link.close(),
    () => database.close(),
  )
  await waitForSchema(database.db, mysql, Date.now() + START_WAIT_MS)
  const metrics = createMetrics()
  addNatsMetric(metrics, link)
  return { database, nats: link, metrics }
}

/** The part of the configuration that the listener reads. */
function listenerLimits(server: Config<never>['server']) {
  const { drainDelayMs: drainMs, maxConnectionsPerAddress: connectionsPerAddress, trustedProxies } = server
  return { drainMs, connectionsPerAddress, trustedProxies }
}

/** The part of the configuration that the routes read. */
function apiConfigOf({
  server,
  internalAuth,
  stripe,
  productDisplay,
  licensePolicy,
  security,
  trials,
  mail,
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
    mailSender: mail.host === undefined ? undefined : mail.from?.address,
  }
}

/** @throws SigningKeyError naming the entry of `security` that cannot sign */
function signingKeysOf({ security }: Config<'security'>): KeyRing {
  return openKeyRing(security.map((pair) => ({ ...pair, privateKeyPem: pair.privateKeyPem.reveal() })))
}
