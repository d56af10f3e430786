import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { choosePorts } from './dev-ports.ts'
import { freePort } from './environment.ts'

test('the ports are the same from start to start, but for one that somebody has, of which the user is told', async () => {
  const wanted = {
    storefront: await freePort(),
    api: await freePort(),
    ingest: await freePort(),
    emulator: await freePort(),
    mysql: await freePort(),
    nats: await freePort(),
  }
  const said: string[] = []
  expect(await choosePorts((line) => said.push(line), wanted)).toEqual(wanted)
  expect(said).toEqual([])

  const other = createServer().listen(wanted.api, '127.0.0.1')
  await once(other, 'listening')
  const chosen = await choosePorts((line) => said.push(line), wanted)
  expect(chosen).toEqual({ ...wanted, api: expect.any(Number) })
  expect(chosen.api).not.toBe(wanted.api)
  expect(said).toEqual([`port ${wanted.api} of the api is taken: it gets ${chosen.api} this time`])
  other.close()
})
