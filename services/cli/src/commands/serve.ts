import { addOperatorLicenseMetric, apiConfigOf, createApp, createCatalogView } from '@licenseoperator/api'
import { sectionNames } from '@licenseoperator/config'
import { announceCatalogChange, onCatalogChange } from '@licenseoperator/events'
import { createLog, createMetrics, serveGracefully, stopOnSignals } from '@licenseoperator/http'
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
      await connections.streams()
      const metrics = createMetrics()
      const receiver = receiverDeps(config, connections, metrics, log)
      addOperatorLicenseMetric(metrics, operatorLicense)
      const catalog = createCatalogView({ announce: () => announceCatalogChange(connections.nats) })
      const app = createApp({ ...receiver, keys, catalog, operatorLicense, config: apiConfigOf(config) })
      addWebhook(app, receiver)
      // Listening comes first: where the port is taken, no work has been started that would have to be undone.
      const serving = await serveGracefully({ fetch: app.fetch, ...config.server.addr, log })
      const stopping = new AbortController()
      void onCatalogChange(connections.nats, catalog.forget, stopping.signal)
      const work = startWork({ config, keys, roles: ingestRoles, log }, connections, metrics, stopping.signal)
      log.info('licenseoperator serves', { url: serving.url })
      const workers = {
        stop: async () => {
          stopping.abort()
          await Promise.all(work)
        },
      }
      stopOnSignals([serving, workers, { stop: async () => operatorLicense.close() }, { stop: () => connections.close() }], log)
      return exitCodes.done
    } catch (error) {
      operatorLicense.close()
      await connections.close()
      throw error
    }
  },
}
