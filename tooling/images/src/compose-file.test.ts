import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { composeService } from './compose-file.ts'

const file = fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url))
const given = { LICENSEOPERATOR_MYSQL_DSN: 'mysql://here', LICENSEOPERATOR_NATS_URL: 'nats://here' }
const freePort = async () => 40_001

test('the job and the services of docker-compose.yml, with addresses of this host', async () => {
  expect(await composeService(file, 'migrate', given, freePort)).toEqual({
    command: ['db', 'migrate'],
    environment: { LICENSEOPERATOR_MYSQL_DSN: 'mysql://here' },
    healthcheck: [],
  })
  for (const name of ['api', 'webhook-ingest']) {
    const { command, environment, healthcheck } = await composeService(file, name, given, freePort)
    expect(command).toEqual([])
    expect(environment).toMatchObject(given)
    expect(Object.values(environment)).toContain('127.0.0.1:40001')
    expect(healthcheck.join(' ')).toContain('127.0.0.1:40001/healthz')
  }
})

test('a service that is not there is named', async () => {
  await expect(composeService(file, 'portal', given, freePort)).rejects.toThrow('no service portal')
})
