import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { scratchFolder } from '../test/scratch-folder.ts'
import { acquireStack, firstThatWorks } from './acquire-stack.ts'
import { StackUnavailable } from './stack-unavailable.ts'

afterEach(() => vi.unstubAllEnvs())

function putOnPath(programs: Record<string, string>): void {
  const folder = scratchFolder()
  for (const [name, answer] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${answer}'\n`)
    chmodSync(join(folder, name), 0o755)
  }
  vi.stubEnv('PATH', folder)
}

test('servers that the environment names are used as they are', async () => {
  vi.stubEnv('LICENSEOPERATOR_MYSQL_DSN', 'app:secret@tcp(db:3306)/app')
  vi.stubEnv('LICENSEOPERATOR_NATS_URL', 'nats://bus:4222')
  const stack = await acquireStack()
  expect(stack).toMatchObject({ provider: 'environment', mysqlDsn: 'app:secret@tcp(db:3306)/app', natsUrl: 'nats://bus:4222' })
  expect(stack.mysql).toBeUndefined()
  expect(stack.providerDetail).not.toContain('secret')
})

test.each([
  ['MariaDB', { mysqld: 'mysqld  Ver 10.11.6-MariaDB for Linux', 'nats-server': 'nats-server: v2.12.0' }, 'MariaDB'],
  ['an old MySQL', { mysqld: 'mysqld  Ver 5.7.44 for Linux', 'nats-server': 'nats-server: v2.12.0' }, 'older than 8.0.19'],
  ['an old NATS', { mysqld: 'mysqld  Ver 8.4.2 for Linux', 'nats-server': 'nats-server: v2.9.1' }, 'older than 2.10'],
  ['no NATS', { mysqld: 'mysqld  Ver 8.4.2 for Linux' }, 'no nats-server on PATH'],
])('%s on PATH is not used', async (_what, programs, reason) => {
  putOnPath(programs)
  await expect(acquireStack({ providers: ['path'] })).rejects.toThrow(reason)
})

test('a host without anything gets one message with every choice and why it was not taken', async () => {
  putOnPath({})
  vi.stubEnv('XDG_CACHE_HOME', scratchFolder())
  vi.stubEnv('LICENSEOPERATOR_MYSQL_DSN', '')
  vi.stubEnv('LICENSEOPERATOR_STACK_PROVIDER', '')
  const error = await acquireStack().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StackUnavailable)
  const { message } = error as StackUnavailable
  for (const part of ['LICENSEOPERATOR_MYSQL_DSN', 'no mysqld on PATH', 'no Docker engine', 'no apt-get'])
    expect(message).toContain(part)
})

test('LICENSEOPERATOR_STACK_PROVIDER allows no other way, and must name one', async () => {
  putOnPath({})
  vi.stubEnv('LICENSEOPERATOR_MYSQL_DSN', 'root@tcp(db:3306)/app')
  vi.stubEnv('LICENSEOPERATOR_NATS_URL', 'nats://bus:4222')
  vi.stubEnv('LICENSEOPERATOR_STACK_PROVIDER', 'path')
  await expect(acquireStack()).rejects.toThrow('no mysqld on PATH')
  vi.stubEnv('LICENSEOPERATOR_STACK_PROVIDER', 'podman')
  await expect(acquireStack()).rejects.toThrow('must be one of environment, path, docker, debian')
})

test('a way that breaks is passed over, and its words are kept', async () => {
  const said: string[] = []
  const attempt = async (provider: string) => {
    if (provider === 'path') throw new Error('MySQL could not be initialised')
    return provider === 'docker' ? 'no engine' : { provider }
  }
  await expect(firstThatWorks(['path', 'docker', 'debian'], (line) => said.push(line), attempt)).resolves.toEqual({
    provider: 'debian',
  })
  expect(said).toEqual(['path: MySQL could not be initialised'])
})
