import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { migrate, openDatabase } from '@licenseoperator/db'
import { accountOf } from '@licenseoperator/db/testing'
import { acquireStack } from '@licenseoperator/stack'
import { connect, StorageType } from 'nats'
import { line, type Result } from './measure.ts'

// The thread pool is made when it is first used: as many threads as openssl gets processes.
const threads = availableParallelism()
process.env.UV_THREADPOOL_SIZE = String(threads)
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '4' } } })
const durationMs = Number(values.seconds) * 1000

const stack = await acquireStack({ log: (text) => process.stdout.write(`stack: ${text}\n`) })
process.stdout.write(
  `stack: provider=${stack.provider} (${stack.providerDetail}); ${threads} threads, ${durationMs / 1000} s each\n`,
)
const connection = await connect({ servers: stack.natsUrl })
try {
  const account = accountOf(stack.mysqlDsn)
  const migrating = openDatabase({ ...account, holdMs: 120_000 })
  await migrate(migrating.db)
  await migrating.close()
  await (await connection.jetstreamManager()).streams.add({
    name: 'bench',
    subjects: ['bench.webhook'],
    storage: StorageType.File,
  })
  const report = (results: readonly Result[]) => {
    for (const result of results) process.stdout.write(`${line(result)}\n`)
  }
  const { signing } = await import('./signing.ts')
  report(await signing(threads, durationMs))
  const { webhooks } = await import('./webhooks.ts')
  report([await webhooks(connection, account, durationMs)])
  const { purchases } = await import('./purchases.ts')
  report([await purchases(account, durationMs)])
} finally {
  await connection.close()
  await stack.stop()
}
