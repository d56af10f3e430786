import { expect, test } from 'vitest'
import { openNatsLink } from './nats-link.ts'
import { readNatsUrl } from './nats-target.ts'
import { recordedLog } from './testing/nats.ts'

test.each([
  ['nats://nats:4222', { address: 'nats:4222', options: { servers: 'nats:4222' } }],
  ['nats://relay:p%40ss@nats:4222', { address: 'nats:4222', options: { servers: 'nats:4222', user: 'relay', pass: 'p@ss' } }],
  ['nats://t0ken@nats:4222', { address: 'nats:4222', options: { servers: 'nats:4222', token: 't0ken' } }],
  ['tls://nats:4222', { address: 'nats:4222', options: { servers: 'nats:4222', tls: {} } }],
  ['http://nats:4222', undefined],
  ['nats', undefined],
])('%s is read', (url, expected) => {
  expect(readNatsUrl(url)).toEqual(expected)
})

test('a URL that cannot be read is refused without showing its password', () => {
  const open = () => openNatsLink({ url: 'nats://relay:s3cret@:bad', name: 'test', log: recordedLog() })
  expect(open).toThrow('not of the form nats://host:port')
  expect(open).not.toThrow('s3cret')
})
