import { createHash } from 'node:crypto'
import { STRIPE_API_VERSION } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { handledEvents } from '../events/handled-events.ts'
import { sendsExactly, warningsOf } from './ensure-webhook.ts'
import {
  endpointParams,
  endpointsAt,
  isRotatedOut,
  isSignedWith,
  mayBeSignedWith,
  missingEvents,
  ROTATED_OUT,
  SECRET_FINGERPRINT,
  WEBHOOK_PATH,
} from './our-endpoints.ts'

const url = `https://shop.example${WEBHOOK_PATH}`
const endpoint = (other: Partial<Stripe.WebhookEndpoint> = {}): Stripe.WebhookEndpoint => ({
  id: 'we_1',
  object: 'webhook_endpoint',
  api_version: STRIPE_API_VERSION,
  application: null,
  created: 1,
  description: null,
  enabled_events: [...handledEvents],
  livemode: false,
  metadata: {},
  status: 'enabled',
  url,
  ...other,
})
const ids = (endpoints: readonly Stripe.WebhookEndpoint[]) => endpoints.map(({ id }) => id)
const labelled = (secret: string) => ({ [SECRET_FINGERPRINT]: createHash('sha256').update(secret).digest('hex').slice(0, 16) })

describe('of all endpoints of an account', () => {
  test.each([
    ['https://shop.example/other', false, false],
    [url, true, false],
    [`https://SHOP.example:443${WEBHOOK_PATH}`, true, false],
    [`https://other.example${WEBHOOK_PATH}`, false, true],
    [`${url}/`, false, true],
    [`${url}?x=1`, false, true],
    [`http://shop.example${WEBHOOK_PATH}`, false, true],
    ['not an address', false, false],
  ])('%s is ours: %s; reaches a receiver like ours: %s', (address, ours, other) => {
    const found = endpointsAt(url, [endpoint({ url: address })])
    expect([found.registered.length === 1, found.lookalikes.length === 1]).toEqual([ours, other])
  })

  test('those of another address count only while they send', () => {
    expect(endpointsAt(url, [endpoint({ url: `${url}/`, status: 'disabled' })]).lookalikes).toEqual([])
  })

  test('where our address is not known every one with our path is taken for ours', () => {
    const elsewhere = endpoint({ url: `https://other.example${WEBHOOK_PATH}` })
    expect(endpointsAt(undefined, [endpoint(), elsewhere, endpoint({ url: 'https://shop.example/other' })])).toEqual({
      registered: [endpoint(), elsewhere],
      lookalikes: [],
    })
  })

  test('the one that counts comes first: enabled, not rotated out, of our version, newest', () => {
    const all = [
      endpoint({ id: 'disabled', status: 'disabled', created: 9 }),
      endpoint({ id: 'old version', api_version: '2020-08-27', created: 8 }),
      endpoint({ id: 'rotated out', metadata: { [ROTATED_OUT]: 'yes' }, created: 7 }),
      endpoint({ id: 'older', created: 1 }),
      endpoint({ id: 'newest', created: 2 }),
    ]
    expect(ids(endpointsAt(url, all).registered)).toEqual(['newest', 'older', 'old version', 'rotated out', 'disabled'])
    expect(ids(endpointsAt(url, all.toReversed()).registered)).toEqual([
      'newest',
      'older',
      'old version',
      'rotated out',
      'disabled',
    ])
  })
})

describe('an endpoint sends', () => {
  test('what we handle, in the version that we read', () => {
    expect(endpointParams(url)).toEqual({ url, enabled_events: [...handledEvents], api_version: STRIPE_API_VERSION })
  })
  test.each<[string, string[], string[], boolean]>([
    ['exactly that', [...handledEvents], [], true],
    ['exactly that, in another order', [...handledEvents].reverse(), [], true],
    ['one less', handledEvents.slice(1), [handledEvents[0]], false],
    ['one more', [...handledEvents, 'invoice.created'], [], false],
    ['another one instead', [...handledEvents.slice(1), 'invoice.created'], [handledEvents[0]], false],
    ['everything', ['*'], [], false],
    ['nothing', [], [...handledEvents], false],
  ])('%s', (_what, enabled_events, missing, exactly) => {
    expect(missingEvents(endpoint({ enabled_events }))).toEqual(missing)
    expect(sendsExactly(endpoint({ enabled_events }))).toBe(exactly)
  })
})

describe('its secret', () => {
  test('may be one of ours unless it is noted that it is not', () => {
    expect(mayBeSignedWith(endpoint(), ['whsec_1'])).toBe(true)
    expect(mayBeSignedWith(endpoint({ metadata: labelled('whsec_1') }), ['whsec_0', 'whsec_1'])).toBe(true)
    expect(mayBeSignedWith(endpoint({ metadata: labelled('whsec_1') }), ['whsec_2'])).toBe(false)
  })

  test.each<[string, object, object[], string[], boolean]>([
    ['is noted as ours', labelled('a'), [], ['a'], true],
    ['is noted as none of ours', labelled('a'), [], ['b'], false],
    ['is not noted, and ours is the only one there is', {}, [], ['a'], true],
    ['is not noted, and ours is that of another', {}, [labelled('a')], ['a'], false],
    ['is not noted, and one of ours is left for it', {}, [labelled('a')], ['a', 'b'], true],
    ['is not noted, and neither is that of another: either may have it', {}, [{}], ['a'], false],
    ['is not noted, and there is one for each', {}, [{}], ['a', 'b'], true],
    ['is not noted, and we have none', {}, [], [], false],
  ])('%s', (_what, metadata, others, secrets, signed) => {
    const further = others.map((one) => endpoint({ metadata: { ...one } }))
    expect(isSignedWith(endpoint({ metadata: { ...metadata } }), further, secrets)).toBe(signed)
  })
})

test('one that another took the place of is marked', () => {
  expect([isRotatedOut(endpoint({ metadata: { [ROTATED_OUT]: 'yes' } })), isRotatedOut(endpoint())]).toEqual([true, false])
})

describe('an operator is told of', () => {
  const warned = (...all: Stripe.WebhookEndpoint[]) => warningsOf(endpointsAt(url, all))
  test('nothing where one sends in our version', () => {
    expect(warned(endpoint(), endpoint({ id: 'we_2', status: 'disabled' }))).toEqual([])
    expect(warned()).toEqual([])
  })
  test('a second one that sends, at our address or at one like it', () => {
    expect(warned(endpoint(), endpoint({ id: 'we_2', created: 0 }))).toEqual([expect.stringMatching(/^we_2 .* delivered twice/)])
    expect(warned(endpoint(), endpoint({ id: 'we_3', url: `${url}/` }))).toEqual([
      expect.stringMatching(/^we_3 .* delivered twice/),
    ])
  })
  test.each(['2020-08-27', null])('a version that we do not read: %s', (api_version) => {
    expect(warned(endpoint({ api_version }))).toEqual([expect.stringMatching(/^we_1 sends events in version .* --rotate/)])
  })
})
