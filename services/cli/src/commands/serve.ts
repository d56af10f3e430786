import { sectionNames } from '@licenseoperator/config'
import { createLog, stopOnSignals } from '@licenseoperator/http'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor } from '../load.ts'

export const serve: Command = {
  name: 'serve',
  description: 'Run api and webhook-ingest in one process on server.addr, until SIGTERM or Ctrl-C',
  details:
    'Its log is JSON, one object a line, on standard output. SIGTERM first lets running requests end (server.drain_delay).',
  needs: 'everything',
  examples: ['licenseoperator serve', 'licenseoperator serve --config config/config.yaml'],
  outputs: [],
  flags: [],
  run: async (context) => {
    const config = configFor(context, sectionNames)
    const log = createLog({ service: 'licenseoperator', level: config.log.level })
    // Loaded here and nowhere else: no other command needs a service to run.
    const [{ startApi }, { ingestRoles, startIngest }] = await Promise.all([
      import('@licenseoperator/api'),
      import('@licenseoperator/webhook-ingest'),
    ])
    const serving = await startIngest({
      config,
      roles: ingestRoles,
      log,
      listen: (surroundings) => startApi({ config, log, surroundings }),
    })
    log.info('licenseoperator serves', { url: serving.url, adminUrl: serving.adminUrl })
    stopOnSignals([serving], log, { drainMs: config.server.drainDelayMs })
    return exitCodes.done
  },
}
