import { handledEvents } from '@licenseoperator/billing'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { createStripe, STRIPE_API_VERSION } from '@licenseoperator/stripe'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { prepareStripe } from '../src/index.ts'
import { aConfig, aLog, RECEIVER_URL } from './a-start.ts'

let database: TestDatabase
let emulator: Emulator
let stripe: Stripe

beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator()])
  stripe = createStripe({ apiKey: emulator.apiKey, apiBase: emulator.url })
})
afterAll(async () => {
  await Promise.all([database.drop(), emulator.stop()])
})
beforeEach(() => emulator.control.reset())

async function start(variables: Record<string, string> = {}) {
  const log = aLog()
  await prepareStripe(await aConfig({ database, emulator }, variables), database.db, log)
  return log.said.filter(({ level }) => level === 'warn').map(({ message }) => message)
}

const register = (fields: Partial<Stripe.WebhookEndpointCreateParams> = {}) =>
  stripe.webhookEndpoints.create({
    url: RECEIVER_URL,
    enabled_events: [...handledEvents],
    api_version: STRIPE_API_VERSION,
    ...fields,
  })

describe('P21 an upgrade handles new event types, the registered endpoint does not send them', () => {
  test('P21 the start names what is missing, changes nothing, and ensure_webhook mends it', async () => {
    const { id } = await register({ enabled_events: ['checkout.session.completed'] })
    const missing = handledEvents.filter((type) => type !== 'checkout.session.completed')
    const warning = `webhook endpoint: ${id} does not send ${missing.join(', ')}; stripe ensure-webhook mends it`
    expect(await start()).toEqual([warning])
    expect(await start()).toEqual([warning])
    await start({ LICENSEOPERATOR_STRIPE_ENSURE_WEBHOOK: 'true' })
    expect(await start()).toEqual([])
  })

  test('P21 another API version is named', async () => {
    const { id } = await register({ api_version: '2025-02-24.acacia' })
    expect(await start()).toEqual([expect.stringContaining(`${id} sends events in version 2025-02-24.acacia`)])
  })

  test('P21 no endpoint at all, or a disabled one', async () => {
    expect(await start()).toEqual([expect.stringContaining(`none is enabled for ${RECEIVER_URL}`)])
    const { id } = await register()
    await stripe.webhookEndpoints.update(id, { disabled: true })
    expect(await start()).toEqual([expect.stringContaining(`none is enabled for ${RECEIVER_URL}`)])
  })

  test('P21 all is well: not a word, also with every event and without a public address', async () => {
    const { id } = await register()
    expect(await start()).toEqual([])
    await stripe.webhookEndpoints.update(id, { enabled_events: ['*'] })
    expect(await start({ LICENSEOPERATOR_SERVER_PUBLIC_BASE_URL: '' })).toEqual([])
  })

  test('P21 a second endpoint that doubles every delivery is named', async () => {
    await register()
    const { id } = await register({ url: `${RECEIVER_URL}?again` })
    expect(await start()).toEqual([expect.stringContaining(`${id} (${RECEIVER_URL}?again) is enabled too`)])
  })

  test('P21 Stripe being away is no reason not to start', async () => {
    await emulator.control.fault({ route: 'GET /v1/webhook_endpoints', cut: 'before', count: 5 })
    expect(await start()).toEqual(['webhook endpoint could not be checked'])
  })
})
