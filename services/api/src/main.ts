import { parseArgs } from 'node:util'
import { type Reach, reachOf, whyNotStarted } from '@licenseoperator/billing'
import { ConfigError, describeConfigError, EX_CONFIG, loadConfig } from '@licenseoperator/config'
import { RELEASE } from '@licenseoperator/db'
import { createLog, programLine, stopOnSignals } from '@licenseoperator/http'
import { startApi } from './start-api.ts'

async function main(): Promise<number> {
  let reach: Reach = {}
  try {
    const { values } = parseArgs({ options: { config: { type: 'string' }, version: { type: 'boolean', short: 'v' } } })
    if (values.version) {
      process.stdout.write(`${programLine('licenseoperator-api', RELEASE)}\n`)
      return 0
    }
    const { config, warnings } = loadConfig({
      path: values.config,
      env: process.env,
      require: ['security', 'internalAuth', 'stripe', 'nats', 'mysql'],
    })
    reach = reachOf(config)
    const log = createLog({ service: 'api', level: config.log.level })
    for (const warning of warnings) log.warn(warning)
    const api = await startApi({ config, log })
    log.info('api runs', { url: api.url, adminUrl: api.adminUrl })
    stopOnSignals([api], log, { drainMs: config.server.drainDelayMs })
    return 0
  } catch (error) {
    const text = error instanceof ConfigError ? describeConfigError(error) : whyNotStarted(error, reach)
    process.stderr.write(`api: ${text}\n`)
    return error instanceof ConfigError ? EX_CONFIG : 1
  }
}

// A pending reconnect must not keep a process alive that could not start.
const code = await main()
if (code !== 0) process.exit(code)
