import { describe, expect, test } from 'vitest'
import { cancelUrl, dashboardUrl, type ReturnUrlSettings, successUrl } from './return-urls.ts'

const settings = (other: Partial<ReturnUrlSettings> = {}): ReturnUrlSettings => ({
  rootAppUrl: 'https://app.example',
  successBaseUrl: undefined,
  frontendBasePath: 'dashboard',
  ...other,
})
const PLACEHOLDER = 'session_id={CHECKOUT_SESSION_ID}'

describe('after paying', () => {
  test.each<[string, Partial<ReturnUrlSettings>, string]>([
    ['to the licenses of the group', {}, 'https://app.example/dashboard/licenses/group'],
    ['without a base path to the same page at the root', { frontendBasePath: '' }, 'https://app.example/licenses/group'],
    ['slashes around the base path do not matter', { frontendBasePath: '//a/b/' }, 'https://app.example/a/b/licenses/group'],
    ['another origin', { successBaseUrl: 'https://shop.example' }, 'https://shop.example/dashboard/licenses/group'],
    ['a page of its own is kept as it is', { successBaseUrl: 'https://shop.example/thanks' }, 'https://shop.example/thanks'],
    ['a port is kept', { rootAppUrl: 'http://localhost:3000/' }, 'http://localhost:3000/dashboard/licenses/group'],
  ])('%s', (_what, other, expected) => {
    expect(successUrl(settings(other))).toBe(`${expected}?${PLACEHOLDER}`)
  })

  test('a query that is configured stays, and the session comes after it', () => {
    expect(successUrl(settings({ successBaseUrl: 'https://shop.example/thanks?from=stripe' }))).toBe(
      `https://shop.example/thanks?from=stripe&${PLACEHOLDER}`,
    )
  })

  test("Stripe's placeholder keeps its braces, or Stripe would put nothing in its place", () => {
    expect(successUrl(settings())).toContain('{CHECKOUT_SESSION_ID}')
    expect(successUrl(settings())).not.toMatch(/%7B/i)
  })

  test.each(['', 'shop.example', '/thanks'])('%j is no address, so nobody is sent there', (successBaseUrl) => {
    expect(() => successUrl(settings({ successBaseUrl }))).toThrow('Invalid URL')
  })
})

describe('after a change of mind', () => {
  test.each([
    ['dashboard', 'https://app.example/dashboard/pricing'],
    ['', 'https://app.example/pricing'],
  ])('base path %j: to the prices, without the session', (frontendBasePath, expected) => {
    expect(cancelUrl(settings({ frontendBasePath }))).toBe(expected)
  })

  test('a success page elsewhere changes nothing about it', () => {
    expect(cancelUrl(settings({ successBaseUrl: 'https://shop.example/thanks' }))).toBe('https://app.example/dashboard/pricing')
  })
})

test.each([
  ['', 'https://app.example/dashboard/licenses/group'],
  ['maintenance=renewed', 'https://app.example/dashboard/licenses/group?maintenance=renewed'],
])('a page of the dashboard with query %j', (query, expected) => {
  expect(dashboardUrl(settings(), 'licenses/group', query)).toBe(expected)
})

test('a base path that names another host stays a path of ours', () => {
  expect(dashboardUrl(settings({ frontendBasePath: '//evil.example' }), 'pricing')).toBe(
    'https://app.example/evil.example/pricing',
  )
})
