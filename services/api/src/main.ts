import { parseArgs } from 'node:util'
import { ConfigError, describeConfigError, EX_CONFIG, loadConfig } from '@licenseoperator/config'
import { createLog, stopOnSignals } from '@licenseoperator/http'
import { startApi } from './start-api.ts'

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({ options: { config: { type: 'string' } } })
    const { config, warnings } = loadConfig({
      path: values.config,
      env: process.env,
      require: ['security', 'internalAuth', 'stripe', 'nats', 'mysql'],
    })
    const log = createLog({ service: 'api', level: config.log.level })
    for (const warning of warnings) log.warn(warning)
    stopOnSignals([await startApi({ config, log })], log, { drainMs: config.server.drainDelayMs })
    return 0
  } catch (error) {
    const text =
      error instanceof ConfigError ? describeConfigError(error) : error instanceof Error ? error.message : 'cannot start'
    process.stderr.write(`api: ${text}\n`)
    return error instanceof ConfigError ? EX_CONFIG : 1
  }
}

// A pending reconnect must not keep a process alive that could not start.
const code = await main()
if (code !== 0) process.exit(code)
