import { acquireStack } from './acquire-stack.ts'

/**
 * One MySQL and one NATS for a vitest run. A developer who keeps a stack up names it by LICENSEOPERATOR_TEST_MYSQL_DSN and
 * LICENSEOPERATOR_TEST_NATS_URL, and it is used as it is.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.LICENSEOPERATOR_TEST_MYSQL_DSN !== undefined && process.env.LICENSEOPERATOR_TEST_NATS_URL !== undefined) {
    process.stdout.write('stack: the one named by LICENSEOPERATOR_TEST_MYSQL_DSN and LICENSEOPERATOR_TEST_NATS_URL\n')
    return undefined
  }
  const stack = await acquireStack({ log: (line) => process.stdout.write(`stack: ${line}\n`) })
  process.stdout.write(`stack: provider=${stack.provider} (${stack.providerDetail})\n`)
  process.env.LICENSEOPERATOR_TEST_MYSQL_DSN = stack.mysqlDsn
  process.env.LICENSEOPERATOR_TEST_NATS_URL = stack.natsUrl
  return () => stack.stop()
}
