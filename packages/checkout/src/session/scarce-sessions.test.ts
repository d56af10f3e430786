import type { Caller } from '@licenseoperator/domain'
import { expect, test } from 'vitest'
import { digest, limitsOf, OPEN_SESSIONS } from './scarce-sessions.ts'

const caller = (...roles: string[]): Caller => ({ identity: 'ada', email: undefined, roles, groups: [], scopes: undefined })
const ofGroup = (cap: number | undefined, configured = OPEN_SESSIONS) => limitsOf(configured, caller(), cap).perGroup

test('what nobody configured: three unpaid sessions for a group, ten for whoever asks', () => {
  expect(limitsOf(undefined, caller(), undefined)).toEqual({ perGroup: 3, perIdentity: 10 })
})

test.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 2],
  [5, 3],
  [6, 3],
  [100, 3],
])('of %i licenses in all a group holds %i at once: half at most, and one at least', (cap, most) => {
  expect(ofGroup(cap)).toBe(most)
})

test('half of a large cap never raises what is configured', () => {
  expect(ofGroup(1000, { perGroup: 5, perIdentity: 10 })).toBe(5)
})

test('few licenses bound a group, and not whoever asks for several', () => {
  expect(limitsOf({ perGroup: 5, perIdentity: 20 }, caller(), 2)).toEqual({ perGroup: 1, perIdentity: 20 })
})

test('an operator asks for everybody, so only the bound of each group holds', () => {
  expect(limitsOf(undefined, caller('sysadmin'), 4)).toEqual({ perGroup: 2, perIdentity: Number.POSITIVE_INFINITY })
})

test.each([
  ['another order of the parts', ['a', 'b'], ['b', 'a']],
  ['parts that meet elsewhere', ['ab', 'c'], ['a', 'bc']],
  ['a number and its text', [1], ['1']],
  ['a part more', ['a'], ['a', undefined]],
])('%s has another name', (_what, one, other) => {
  expect(digest(...one)).not.toBe(digest(...other))
})

test('a name has the width of its column and is the same for the same parts', () => {
  expect(digest('ada', undefined, 3)).toMatch(/^[0-9a-f]{64}$/)
  expect(digest('ada', undefined, 3)).toBe(digest('ada', undefined, 3))
})
