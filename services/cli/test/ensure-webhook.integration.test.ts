import { handledEvents } from '@licenseoperator/billing'
import { createStripe, STRIPE_API_VERSION } from '@licenseoperator/stripe'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { run } from './a-terminal.ts'

const ORIGIN = 'http://127.0.0.1:8083'
const URL_OF_RECEIVER = `${ORIGIN}/authlance/license/stripe/webhook`

type Stripe = ReturnType<typeof createStripe>
type EndpointParams = Parameters<Stripe['webhookEndpoints']['create']>[0]

let emulator: Emulator
let stripe: Stripe

beforeAll(async () => {
  emulator = await startEmulator()
  stripe = createStripe({ apiKey: emulator.apiKey, apiBase: emulator.url })
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const Answer = z.object({ id: z.string(), action: z.string(), secret: z.string().optional() })

async function ensure(...flags: string[]) {
  return ensureWith('whsec_none', ...flags)
}

async function ensureWith(secrets: string, ...flags: string[]) {
  const env = {
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: emulator.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: secrets,
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    LICENSEOPERATOR_SERVER_PUBLIC_BASE_URL: ORIGIN,
  }
  const { code, out, notes } = await run(['stripe', 'ensure-webhook', '--json', ...flags], env)
  return { code, notes, answer: code === 0 ? Answer.parse(JSON.parse(out.join(''))) : undefined }
}

const registered = async () => (await stripe.webhookEndpoints.list()).data
const anEndpoint = (fields: Partial<EndpointParams> = {}) =>
  stripe.webhookEndpoints.create({
    url: URL_OF_RECEIVER,
    enabled_events: [...handledEvents],
    api_version: STRIPE_API_VERSION,
    ...fields,
  })

test('created with exactly the handled events and our version; the secret is told once', async () => {
  const first = await ensure()
  expect(first).toMatchObject({ code: 0, notes: [], answer: { action: 'created', secret: expect.stringMatching(/^whsec_/) } })
  const [endpoint, ...more] = await registered()
  expect(more).toEqual([])
  expect(endpoint).toMatchObject({ url: URL_OF_RECEIVER, api_version: STRIPE_API_VERSION, status: 'enabled' })
  expect(endpoint?.enabled_events.toSorted()).toEqual([...handledEvents].toSorted())
  expect((await ensure()).answer).toEqual({ id: first.answer?.id, action: 'unchanged' })
})

test('updated by URL: events more or fewer, disabled', async () => {
  const { id } = await anEndpoint({ enabled_events: ['charge.failed'] })
  await stripe.webhookEndpoints.update(id, { disabled: true })
  expect(await ensure()).toMatchObject({ notes: [], answer: { id, action: 'updated' } })
  expect(await registered()).toMatchObject([{ id, status: 'enabled', enabled_events: [...handledEvents] }])
})

test('ten at once leave one endpoint', async () => {
  const ids = (await Promise.all(Array.from({ length: 10 }, () => ensure()))).map(({ answer }) => answer?.id)
  expect(new Set(ids).size).toBe(1)
  expect(await registered()).toHaveLength(1)
})

test('removed and registered again within a day: a new endpoint, not yesterday’s answer', async () => {
  const first = (await ensure()).answer
  await stripe.webhookEndpoints.del(first?.id ?? '')
  const second = (await ensure()).answer
  expect(second).toMatchObject({ action: 'created', secret: expect.stringMatching(/^whsec_/) })
  expect(second?.id).not.toBe(first?.id)
  expect(await registered()).toMatchObject([{ id: second?.id }])
})

describe('warnings', () => {
  test.each([
    ['the same URL', URL_OF_RECEIVER],
    ['a slash more', `${URL_OF_RECEIVER}/`],
    ['another origin', URL_OF_RECEIVER.replace('127.0.0.1', 'localhost')],
  ])('a second endpoint doubles every delivery: %s', async (_what, url) => {
    await anEndpoint()
    await anEndpoint({ url })
    const twins = (await registered()).map(({ id }) => id)
    const { notes } = await ensure()
    expect(notes).toEqual([expect.stringMatching(new RegExp(`^warning: (${twins.join('|')}) .* is enabled too`))])
  })

  test('neither a disabled endpoint nor one of another program', async () => {
    await anEndpoint()
    await anEndpoint({ url: `${ORIGIN}/billing/hooks` })
    const { id } = await anEndpoint({ url: `${URL_OF_RECEIVER}?old` })
    await stripe.webhookEndpoints.update(id, { disabled: true })
    expect((await ensure()).notes).toEqual([])
  })

  test('another version, which only --rotate can change', async () => {
    await anEndpoint({ api_version: '2025-02-24.acacia' })
    expect((await ensure()).notes).toEqual([expect.stringMatching(/version 2025-02-24\.acacia.*--rotate/)])
  })
})

describe('rotation', () => {
  test('a second endpoint with our version and a new secret; the old one sends until it is finished', async () => {
    const { id: old } = await anEndpoint({ api_version: '2025-02-24.acacia' })
    const { answer } = await ensure('--rotate')
    expect(answer).toMatchObject({ action: 'rotated', secret: expect.stringMatching(/^whsec_/) })
    expect((await registered()).map(({ status }) => status)).toEqual(['enabled', 'enabled'])
    expect((await ensure('--rotate')).notes).toEqual([expect.stringContaining('a rotation is under way')])
    expect((await ensureWith('whsec_old', '--finish-rotation')).notes).toEqual([
      expect.stringMatching(/the secret of we_\w+ is not in stripe\.webhook_secret/),
    ])
    const finished = await ensureWith(`whsec_old,${answer?.secret}`, '--finish-rotation')
    expect(finished).toMatchObject({ code: 0, notes: [], answer: { id: answer?.id, action: 'finished' } })
    expect(await registered()).toMatchObject([
      { id: answer?.id, status: 'enabled', api_version: STRIPE_API_VERSION },
      { id: old, status: 'disabled' },
    ])
    expect((await ensure()).answer).toEqual({ id: answer?.id, action: 'unchanged' })
  })

  test('the next rotation removes what the one before it switched off', async () => {
    const first = (await ensure()).answer
    const second = (await ensure('--rotate')).answer
    await ensureWith(second?.secret ?? '', '--finish-rotation')
    const third = (await ensure('--rotate')).answer
    await ensureWith(third?.secret ?? '', '--finish-rotation')
    expect((await registered()).map(({ id }) => id)).toEqual([third?.id, second?.id])
    expect((await registered()).map(({ id }) => id)).not.toContain(first?.id)
  })

  test('both flags at once, or nothing to rotate', async () => {
    expect((await ensure('--rotate', '--finish-rotation')).code).toBe(2)
    expect((await ensure('--rotate')).notes).toEqual([expect.stringContaining('run ensure-webhook')])
  })

  test('a new secret is told even where Stripe fails right after it; the rotation is not finished by mistake', async () => {
    await anEndpoint()
    await emulator.control.fault({ route: 'POST /v1/webhook_endpoints/*', status: 500, count: 10 })
    const { notes, answer } = await ensure('--rotate')
    await emulator.control.clearFaults()
    expect(answer).toMatchObject({ action: 'rotated', secret: expect.stringMatching(/^whsec_/) })
    expect(notes[0]).toMatch(/^warning: it could not be noted at Stripe which secret we_\w+ signs with/)
    // Only the old secret is configured: which one that is cannot be told, but two endpoints need two.
    expect((await ensureWith('whsec_old', '--finish-rotation')).notes).toEqual([
      expect.stringMatching(/is not in stripe\.webhook_secret/),
    ])
    expect((await registered()).map(({ status }) => status)).toEqual(['enabled', 'enabled'])
    const finished = await ensureWith(`whsec_old,${answer?.secret}`, '--finish-rotation')
    expect(finished).toMatchObject({ code: 0, answer: { id: answer?.id, action: 'finished' } })
  })

  test('the same at the first creation', async () => {
    await emulator.control.fault({ route: 'POST /v1/webhook_endpoints/*', status: 500, count: 10 })
    const { notes, answer } = await ensure()
    await emulator.control.clearFaults()
    expect(answer).toMatchObject({ action: 'created', secret: expect.stringMatching(/^whsec_/) })
    expect(notes).toEqual([expect.stringMatching(/configure the secret above now/)])
  })
})
