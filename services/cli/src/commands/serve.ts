import {
  type ApiDeps,
  addOperatorLicenseMetric,
  apiConfigOf,
  createApp,
  createCatalogView,
  listenerLimits,
  operationsOf,
} from '@licenseoperator/api'
import { sectionNames } from '@licenseoperator/config'
import { announceCatalogChange, onCatalogChange } from '@licenseoperator/events'
import {
  addNatsMetric,
  createLog,
  createMetrics,
  type Stoppable,
  serveWithOperations,
  stopOnSignals,
} from '@licenseoperator/http'
import { openOperatorLicense } from '@licenseoperator/licensing'
import {
  addWebhook,
  Connections,
  ingestRoles,
  prepareStripe,
  receiverDeps,
  signingKeysOf,
  startWork,
} from '@licenseoperator/webhook-ingest'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor } from '../load.ts'

export const serve: Command = {
  name: 'serve',
  description: 'Run api and webhook-ingest in one process on server.addr, until SIGTERM or Ctrl-C',
  flags: [],
  run: async (context) => {
    const config = configFor(context, sectionNames)
    const log = createLog({ service: 'licenseoperator', level: config.log.level })
    const keys = signingKeysOf(config)
    const operatorLicense = await openOperatorLicense({ ...config.license, log, now: () => new Date() })
    const connections = new Connections(config, log)
    try {
      await connections.mysqlReady()
      await prepareStripe(config, connections.database.db, log)
      await connections.streamsSoon()
      const metrics = createMetrics()
      const receiver = receiverDeps(config, connections, metrics, log)
      addOperatorLicenseMetric(metrics, operatorLicense)
      addNatsMetric(metrics, connections.nats)
      const catalog = createCatalogView({ announce: () => announceCatalogChange(connections.nats) })
      const { server } = config
      const draining = new AbortController()
      const deps: ApiDeps = {
        ...receiver,
        keys,
        catalog,
        operatorLicense,
        config: apiConfigOf(config),
        // What the API cannot do without; the receiver beside it has NATS as well.
        checks: { mysql: () => connections.requests.ping() },
        draining: draining.signal,
        operationsElsewhere: server.adminAddr !== undefined,
      }
      const app = createApp(deps)
      addWebhook(app, receiver)
      // Listening comes first: where the port is taken, no work has been started that would have to be undone.
      const serving = await serveWithOperations({
        fetch: app.fetch,
        ...server.addr,
        ...listenerLimits(server),
        adminAddr: server.adminAddr,
        operations: operationsOf(deps),
        log,
        onDrain: () => draining.abort(),
      })
      const stopping = new AbortController()
      void onCatalogChange(connections.nats, catalog.forget, stopping.signal)
      const work = startWork({ config, keys, roles: ingestRoles, log }, connections, metrics, stopping.signal)
      log.info('licenseoperator serves', { url: serving.url, adminUrl: serving.adminUrl })
      const listenerAndWorkers: Stoppable = {
        // Together: the workers stop while the listener drains.
        stop: async (how) => {
          stopping.abort()
          await Promise.all([serving.stop(how), ...work])
        },
      }
      const resources = [{ stop: async () => operatorLicense.close() }, { stop: () => connections.close() }]
      stopOnSignals([listenerAndWorkers, ...resources], log, { drainMs: server.drainDelayMs })
      return exitCodes.done
    } catch (error) {
      operatorLicense.close()
      await connections.close()
      throw error
    }
  },
}
