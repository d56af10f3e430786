import { type Environment, payOnHostedPage, startCheckout, startEnvironment } from '@licenseoperator/demo'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBooks, untilBooks } from './books.ts'

let environment: Environment

beforeAll(async () => {
  environment = await startEnvironment(() => undefined)
}, 240_000)

afterAll(() => environment.stop())

/** The servers of the stack; without them under our hands nothing can be taken away. */
function servers() {
  const { mysql, nats } = environment.stack
  if (mysql === undefined || nats === undefined)
    throw new Error('these tests need a private stack: unset LICENSEOPERATOR_MYSQL_DSN')
  return { mysql, nats }
}

/** The answers our receiver gave to the emulator's deliveries so far. */
async function answers(): Promise<number[]> {
  return (await environment.control.deliveries()).map((delivery) => delivery.status ?? 0)
}

test('without NATS the receiver still answers 200, and the license is issued once NATS is back', async () => {
  const before = await readBooks(environment)
  const session = await startCheckout(environment, { lookupKey: 'core-one-off' })
  const seen = (await answers()).length
  await servers().nats.stop('SIGKILL')
  await payOnHostedPage(session.url)
  await environment.control.waitIdle(60_000)
  const given = (await answers()).slice(seen)
  expect(given.length).toBeGreaterThan(0)
  expect(new Set(given)).toEqual(new Set([200]))

  await servers().nats.start()
  const books = await untilBooks(
    environment,
    (now) => now.announced.length === before.announced.length + 1 && now.unsettled === 0,
  )
  expect(books.licenses).toHaveLength(before.licenses.length + 1)
}, 180_000)

test('without NATS and MySQL the receiver answers 503 with Retry-After, and what is sent again later is issued', async () => {
  const before = await readBooks(environment)
  const session = await startCheckout(environment, { lookupKey: 'core-one-off' })
  const seen = (await answers()).length
  await Promise.all([servers().nats.stop('SIGKILL'), servers().mysql.stop('SIGKILL')])
  await payOnHostedPage(session.url)
  const given = (await answers()).slice(seen)
  expect(given.length).toBeGreaterThan(0)
  expect(new Set(given)).toEqual(new Set([503]))

  await Promise.all([servers().nats.start(), servers().mysql.start()])
  const books = await untilBooks(environment, (now) => now.announced.length === before.announced.length + 1, 120_000)
  expect(books.licenses).toHaveLength(before.licenses.length + 1)
}, 240_000)
