import { parseArgs } from 'node:util'
import { type Reach, reachOf, whyNotStarted } from '@licenseoperator/billing'
import { ConfigError, describeConfigError, EX_CONFIG, loadConfig, sectionNames } from '@licenseoperator/config'
import { RELEASE } from '@licenseoperator/db'
import { createLog, programLine, stopOnSignals } from '@licenseoperator/http'
import { SigningKeyError } from '@licenseoperator/signing'
import { type IngestRole, ingestRoles } from './connections.ts'
import { startIngest } from './start-ingest.ts'

const EX_USAGE = 2

/** `--role receiver|processor|relay|notifier`, repeatable; all when absent, the notifier where mail is configured. */
function readArguments(): { config: string | undefined; roles: readonly IngestRole[]; version: boolean } {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      role: { type: 'string', multiple: true },
      version: { type: 'boolean', short: 'v', default: false },
    },
  })
  const roles = ingestRoles.filter((role) => values.role === undefined || values.role.includes(role))
  const unknown = values.role?.find((role) => !ingestRoles.some((known) => known === role))
  if (unknown !== undefined) throw new TypeError(`--role ${unknown}: must be one of ${ingestRoles.join(', ')}`)
  return { config: values.config, roles, version: values.version }
}

async function main(): Promise<number> {
  let reach: Reach = {}
  try {
    const { config: path, roles, version } = readArguments()
    if (version) {
      process.stdout.write(`${programLine('licenseoperator-webhook-ingest', RELEASE)}\n`)
      return 0
    }
    const { config, warnings } = loadConfig({ path, env: process.env, require: sectionNames })
    reach = reachOf(config)
    const log = createLog({ service: 'webhook-ingest', level: config.log.level })
    for (const warning of warnings) log.warn(warning)
    const ingest = await startIngest({ config, roles, log })
    log.info('webhook-ingest runs', { url: ingest.url, adminUrl: ingest.adminUrl, roles: ingest.roles })
    stopOnSignals([ingest], log, { drainMs: config.server.drainDelayMs })
    return 0
  } catch (error) {
    const wrongUsage = error instanceof TypeError
    const text = error instanceof ConfigError ? describeConfigError(error) : whyNotStarted(error, reach)
    process.stderr.write(`webhook-ingest: ${text}\n`)
    if (error instanceof ConfigError || error instanceof SigningKeyError) return EX_CONFIG
    return wrongUsage ? EX_USAGE : 1
  }
}

// A pending reconnect must not keep a process alive that could not start.
const code = await main()
if (code !== 0) process.exit(code)
