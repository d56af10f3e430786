import { parseArgs } from 'node:util'
import { ConfigError, describeConfigError, EX_CONFIG, loadConfig, sectionNames } from '@licenseoperator/config'
import { createLog, stopOnSignals } from '@licenseoperator/http'
import { SigningKeyError } from '@licenseoperator/signing'
import { type IngestRole, ingestRoles, startIngest } from './start-ingest.ts'

const EX_USAGE = 2

/** `--role receiver|processor|relay`, repeatable; all three when absent. */
function readArguments(): { config: string | undefined; roles: readonly IngestRole[] } {
  const { values } = parseArgs({ options: { config: { type: 'string' }, role: { type: 'string', multiple: true } } })
  const roles = ingestRoles.filter((role) => values.role === undefined || values.role.includes(role))
  const unknown = values.role?.find((role) => !ingestRoles.some((known) => known === role))
  if (unknown !== undefined) throw new TypeError(`--role ${unknown}: must be one of ${ingestRoles.join(', ')}`)
  return { config: values.config, roles }
}

async function main(): Promise<number> {
  try {
    const { config: path, roles } = readArguments()
    const { config, warnings } = loadConfig({ path, env: process.env, require: sectionNames })
    const log = createLog({ service: 'webhook-ingest', level: config.log.level })
    for (const warning of warnings) log.warn(warning)
    stopOnSignals([await startIngest({ config, roles, log })], log, { drainMs: config.server.drainDelayMs })
    return 0
  } catch (error) {
    const wrongUsage = error instanceof TypeError
    const text =
      error instanceof ConfigError ? describeConfigError(error) : error instanceof Error ? error.message : 'cannot start'
    process.stderr.write(`webhook-ingest: ${text}\n`)
    if (error instanceof ConfigError || error instanceof SigningKeyError) return EX_CONFIG
    return wrongUsage ? EX_USAGE : 1
  }
}

// A pending reconnect must not keep a process alive that could not start.
const code = await main()
if (code !== 0) process.exit(code)
