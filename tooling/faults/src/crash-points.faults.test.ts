import {
  type Environment,
  freePort,
  payOnHostedPage,
  type RunningProcess,
  startCheckout,
  startEnvironment,
} from '@licenseoperator/demo'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBooks, untilBooks } from './books.ts'
import { WireProxy } from './wire-proxy.ts'

let environment: Environment
let receiver: RunningProcess
let natsPort: number

beforeAll(async () => {
  environment = await startEnvironment(() => undefined, { ingest: false })
  natsPort = Number(new URL(environment.stack.natsUrl).port)
  receiver = await environment.startIngest('receiver', ['receiver'], {})
}, 240_000)

afterAll(async () => {
  await receiver.stop()
  await environment.stop()
})

/** Starts one role behind a proxy that kills it when the bytes pass. */
async function roleKilledAt(name: string, role: string, wire: { direction: 'to-server' | 'to-client'; pattern: string }) {
  const proxy = await WireProxy.open({ host: '127.0.0.1', port: natsPort })
  const running = await startRole(name, role, `nats://127.0.0.1:${proxy.port}`)
  proxy.arm({ ...wire, action: () => process.kill(running.pid, 'SIGKILL') })
  return { proxy, running }
}

async function startRole(name: string, role: string, natsUrl = environment.stack.natsUrl): Promise<RunningProcess> {
  return environment.startIngest(name, [role], {
    LICENSEOPERATOR_INGEST_ADDR: `127.0.0.1:${await freePort()}`,
    LICENSEOPERATOR_NATS_URL: natsUrl,
  })
}

async function buyOnce(): Promise<void> {
  const session = await startCheckout(environment, { lookupKey: 'core-one-off' })
  await payOnHostedPage(session.url)
}

test('a processor killed between commit and acknowledgement: one license, one event', async () => {
  const before = await readBooks(environment)
  const killed = await roleKilledAt('processor-killed', 'processor', { direction: 'to-server', pattern: '+ACK' })
  await buyOnce()
  // The transaction is committed, the acknowledgement is not sent: this is the state the crash leaves.
  const crashed = await untilBooks(
    environment,
    (books) => killed.proxy.fired && books.licenses.length === before.licenses.length + 1,
  )
  expect(crashed.unpublished).toBe(1)
  await killed.proxy.close()

  const [processor, relay] = [await startRole('processor-after', 'processor'), await startRole('relay-after', 'relay')]
  const books = await untilBooks(environment, (now) => now.unpublished === 0 && now.announced.length > before.announced.length)
  expect(killed.proxy.fired).toBe(true)
  expect(books.licenses).toHaveLength(before.licenses.length + 1)
  expect(books.announced).toHaveLength(before.announced.length + 1)
  await Promise.all([processor.stop(), relay.stop()])
}, 120_000)

test('a relay killed between PubAck and mark: one license, one event', async () => {
  const before = await readBooks(environment)
  const processor = await startRole('processor', 'processor')
  const killed = await roleKilledAt('relay-killed', 'relay', {
    direction: 'to-client',
    pattern: '"stream":"licenseoperator_license_issued"',
  })
  await buyOnce()
  const crashed = await untilBooks(
    environment,
    (books) => killed.proxy.fired && books.announced.length === before.announced.length + 1,
  )
  // Published and not marked: exactly what makes the next relay publish again.
  expect(crashed.unpublished).toBe(1)
  await killed.proxy.close()

  const relay = await startRole('relay-after-2', 'relay')
  const books = await untilBooks(environment, (now) => now.unpublished === 0, 90_000)
  expect(books.licenses).toHaveLength(before.licenses.length + 1)
  expect(books.announced).toHaveLength(before.announced.length + 1)
  expect(new Set(books.announced).size).toBe(books.announced.length)
  await Promise.all([processor.stop(), relay.stop()])
}, 150_000)
