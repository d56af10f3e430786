import { describe, expect, test } from 'vitest'
import { createStripe } from './stripe-client.ts'
import { isSignedByStripe, verifyWebhook } from './verify-webhook.ts'

const stripe = createStripe({ apiKey: 'sk_test_any' })
const now = new Date('2026-03-01T12:00:00Z')
const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'invoice.paid', created: 1, data: { object: {} } })
const signed = (text: string, secret = 'whsec_1', secondsAgo = 0) =>
  stripe.webhooks.generateTestHeaderString({ payload: text, secret, timestamp: now.getTime() / 1000 - secondsAgo })
const bytes = (text: string) => new TextEncoder().encode(text)
const verify = (body: Uint8Array, header: string | undefined, secrets: readonly string[] = ['whsec_1']) =>
  verifyWebhook(stripe, body, header, secrets, now)
const refused = expect.objectContaining({ code: 'invalid_webhook' })

test('what Stripe signed is an event, with the very text that was signed', () => {
  const header = signed(payload)
  expect(verify(bytes(payload), header)).toMatchObject({ event: { id: 'evt_1' }, payload, signature: header })
})

test('while a secret is rolled either of two is good', () => {
  expect(verify(bytes(payload), signed(payload, 'whsec_2'), ['whsec_1', 'whsec_2']).event.id).toBe('evt_1')
})

describe('refused is', () => {
  test.each<[string, Uint8Array, string | undefined]>([
    ['no signature', bytes(payload), undefined],
    ['an empty signature', bytes(payload), ''],
    ['a signature of another secret', bytes(payload), signed(payload, 'whsec_other')],
    ['a signature of another body', bytes(payload), signed(`${payload} `)],
    ['a signature that is too old', bytes(payload), signed(payload, 'whsec_1', 301)],
    ['a signature of the future', bytes(payload), signed(payload, 'whsec_1', -301)],
    ['a signature of two times', bytes(payload), `t=1,${signed(payload)}`],
    ['a signature of no time', bytes(payload), signed(payload).replace(/^t=\d+,/, '')],
    ['a body with a byte order mark', bytes(`\uFEFF${payload}`), signed(`\uFEFF${payload}`)],
    ['a body that is not UTF-8', Uint8Array.of(0xff, 0xfe), signed('\uFFFD\uFFFD')],
    ['a signed null', bytes('null'), signed('null')],
    ['signed text that is no JSON', bytes('hello'), signed('hello')],
  ])('%s', (_what, body, header) => expect(() => verify(body, header)).toThrow(refused))

  test('everything where no secret is configured', () => {
    expect(() => verify(bytes(payload), signed(payload), [])).toThrow(refused)
  })
})

test.each([300, 0, -300])('a signature of %i seconds ago is fresh', (seconds) => {
  expect(verify(bytes(payload), signed(payload, 'whsec_1', seconds)).event.id).toBe('evt_1')
})

test('the sentence shows nothing of body and header', () => {
  expect(() => verify(bytes('{"card":"4242"}'), signed('{"card":"4242"}'))).toThrow(/^webhook error: the body is not an event$/)
})

describe('what was stored', () => {
  const stored = (text: string, header: string | undefined, secrets = ['whsec_1']) =>
    isSignedByStripe(stripe, text, header, secrets)
  test('is proven by its signature, however long ago', () =>
    expect(stored(payload, signed(payload, 'whsec_1', 9_999_999))).toBe(true))
  test.each([
    ['changed', payload.replace('evt_1', 'evt_2'), signed(payload)],
    ['signed by somebody else', payload, signed(payload, 'whsec_other')],
    ['not signed', payload, undefined],
    ['signed with nothing', payload, ''],
    ['half a character', `${payload}\ud83d`, signed(`${payload}\uFFFD`)],
  ])('is not when it is %s', (_what, text, header) => expect(stored(text, header)).toBe(false))
})
