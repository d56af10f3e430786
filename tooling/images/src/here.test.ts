import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { composeServices } from './compose-file.ts'
import { healthcheckHere, onThisHost } from './here.ts'

const file = fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url))
const here = {
  mysqlDsn: 'mysql://here',
  natsUrl: 'nats://here',
  ports: { api: 40_001, 'webhook-ingest': 40_002, 'stripe-emulator': 40_003 },
}

test('no name and no port of the compose network is left', () => {
  const services = composeServices(file, 'demo', {}).map((service) => onThisHost(service, here))
  const text = JSON.stringify(services.map(({ command, environment }) => ({ command, environment })))
  expect(text).not.toMatch(/tcp\(mysql|nats:4222|12111|8082|8083/)
  expect(text).toContain('--webhook=http://127.0.0.1:40002/authlance/license/stripe/webhook')
  expect(text).toContain('--public-url=http://127.0.0.1:40003')
  const health = ['node', '-e', "fetch('http://127.0.0.1:8083/healthz')"]
  expect(healthcheckHere(health, here)).toEqual(['node', '-e', "fetch('http://127.0.0.1:40002/healthz')"])
})

test('what the file does not set is not set here', () => {
  const init = composeServices(file, '', {}).find(({ name }) => name === 'init')
  const names = Object.keys(init?.environment ?? {})
  expect(names).not.toContain('LICENSEOPERATOR_MYSQL_DSN')
  expect(init && Object.keys(onThisHost(init, here).environment)).toEqual(names)
})
