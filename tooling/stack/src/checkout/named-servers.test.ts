import { afterEach, expect, test, vi } from 'vitest'
import { addresses } from '../stack.ts'
import type { CheckoutState } from './checkout-state.ts'
import { namedServers } from './named-servers.ts'

const own: CheckoutState = {
  provider: 'docker',
  providerDetail: '',
  ports: { mysql: 20001, nats: 20002 },
  containers: { mysql: 'aa', nats: 'bb' },
}

function name({ mysqlDsn, natsUrl }: { mysqlDsn: string; natsUrl: string }): void {
  vi.stubEnv('LICENSEOPERATOR_MYSQL_DSN', mysqlDsn)
  vi.stubEnv('LICENSEOPERATOR_NATS_URL', natsUrl)
}

afterEach(() => vi.unstubAllEnvs())

test("the checkout's own servers, exported to a shell, are still the checkout's own", () => {
  name(addresses(own.ports))
  expect(namedServers(own)).toBeUndefined()
})

test("others are somebody else's, also when the checkout has servers", () => {
  name(addresses({ mysql: 3306, nats: 4222 }))
  expect(namedServers(own)?.natsUrl).toBe('nats://127.0.0.1:4222')
  expect(namedServers(undefined)?.natsUrl).toBe('nats://127.0.0.1:4222')
})

test('one of the two alone names nothing', () => {
  name({ mysqlDsn: 'root@tcp(127.0.0.1:3306)/licenseoperator', natsUrl: '' })
  expect(namedServers(undefined)).toBeUndefined()
})
