import { acquireStack } from './acquire-stack.ts'

/**
 * One MySQL and one NATS for a vitest run, which its workers find in LICENSEOPERATOR_TEST_MYSQL_DSN and LICENSEOPERATOR_TEST_NATS_URL. When
 * both are set already, those servers are used and nothing is started.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const say = (line: string) => process.stdout.write(`stack: ${line}\n`)
  if (process.env.LICENSEOPERATOR_TEST_MYSQL_DSN && process.env.LICENSEOPERATOR_TEST_NATS_URL) {
    say('the one named by LICENSEOPERATOR_TEST_MYSQL_DSN and LICENSEOPERATOR_TEST_NATS_URL')
    return undefined
  }
  const stack = await acquireStack({ log: say })
  say(`provider=${stack.provider} (${stack.providerDetail})`)
  process.env.LICENSEOPERATOR_TEST_MYSQL_DSN = stack.mysqlDsn
  process.env.LICENSEOPERATOR_TEST_NATS_URL = stack.natsUrl
  return () => stack.stop()
}
