import { DomainError, silentLog } from '@licenseoperator/domain'
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

test('an error that no service caused stays what it is', () => {
  expect(explainFailure(new TypeError('x'), reach)).toBeUndefined()
  expect(explainFailure(Object.assign(new Error('x'), { code: 'ENOENT' }), reach)).toBeUndefined()
  expect(whyNotStarted(new DomainError('forbidden', 'forbidden'), reach)).toBe('forbidden')
  expect(whyFailed(new DomainError('forbidden', 'forbidden'), reach)).toBe('forbidden')
  expect(whyFailed(new TypeError('a value'), reach)).toBe('TypeError')
})
