import { silentLog } from '@licenseoperator/domain'
import { connectNats } from '@licenseoperator/events'
import { expect, test } from 'vitest'
import { explainFailure, whyFailed, whyNotStarted } from './explain-failure.ts'

const reach = { natsUrl: 'nats://operator:hunter2hunter2@127.0.0.1:9' }

test('NATS away: its address and why, without the credentials', async () => {
  const error: unknown = await connectNats({ url: reach.natsUrl, name: 'test', log: silentLog, waitMs: 500 }).catch(
    (thrown: unknown) => thrown,
  )
  const failure = explainFailure(error, reach)
  expect(failure).toMatchObject({ service: 'NATS', address: '127.0.0.1:9', code: 'CONNECTION_REFUSED' })
  expect(failure?.sentence).toBe('NATS at 127.0.0.1:9 cannot be reached (CONNECTION_REFUSED)')
  expect(whyNotStarted(error, reach)).toBe(failure?.sentence)
  expect(whyFailed(error)).toBe(failure?.sentence)
})
