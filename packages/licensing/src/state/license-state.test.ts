import { describe, expect, test } from 'vitest'
import { type LicenseFacts, type RevocationPolicy, revocationOf, revocationRules } from './license-state.ts'

const nothing: LicenseFacts = {
  revokedByOperator: false,
  disputeLost: false,
  disputeOpen: false,
  refundedInFull: false,
  creditedEarly: false,
  endedEarly: false,
  supersededBy: undefined,
}
const all: RevocationPolicy = { revokeOnFullRefund: true, revokeOnLostDispute: true, revokeOnCancellation: true }
const none: RevocationPolicy = { revokeOnFullRefund: false, revokeOnLostDispute: false, revokeOnCancellation: false }

/** Each fact that speaks against a license, the strongest first. */
const against: readonly [string, Partial<LicenseFacts>, string][] = [
  ['an operator revoked it', { revokedByOperator: true }, 'admin'],
  ['the bank took the money back', { disputeLost: true }, 'dispute_lost'],
  ['the money was given back', { refundedInFull: true }, 'refunded'],
  ['it was taken off and credited', { creditedEarly: true }, 'canceled'],
  ['its subscription ended early', { endedEarly: true }, 'canceled'],
  ['a change of plan took its place', { supersededBy: 'L-2' }, 'superseded'],
]
const pairs = against.flatMap(([strong, first, reason], index) =>
  against.slice(index + 1).map(([weak, second]) => [strong, weak, { ...first, ...second }, reason] as const),
)

test.each(against)('%s: that alone revokes it', (_what, fact, reason) => {
  expect(revocationOf({ ...nothing, ...fact }, all)).toBe(reason)
})

test.each(pairs)('%s and %s: the first is the reason', (_strong, _weak, facts, reason) => {
  expect(revocationOf({ ...nothing, ...facts }, all)).toBe(reason)
})

test('a license that nothing speaks against is good, and an open dispute says nothing yet', () => {
  expect(revocationOf(nothing, all)).toBeUndefined()
  expect(revocationOf({ ...nothing, disputeOpen: true }, all)).toBeUndefined()
})

describe('what a vendor switched off', () => {
  test.each<[keyof RevocationPolicy, Partial<LicenseFacts>]>([
    ['revokeOnLostDispute', { disputeLost: true }],
    ['revokeOnFullRefund', { refundedInFull: true }],
    ['revokeOnCancellation', { endedEarly: true }],
  ])('%s revokes no license, and hides no weaker reason', (rule, fact) => {
    const policy = { ...all, [rule]: false }
    expect(revocationOf({ ...nothing, ...fact }, policy)).toBeUndefined()
    expect(revocationOf({ ...nothing, ...fact, supersededBy: 'L-2' }, policy)).toBe('superseded')
    expect(revocationOf({ ...nothing, ...fact }, { ...none, [rule]: true })).toBeDefined()
  })

  test.each([
    ['an operator', { revokedByOperator: true }],
    ['a credit', { creditedEarly: true }],
    ['a change of plan', { supersededBy: 'L-2' }],
  ])('is not what %s says: nobody pays for that license any more', (_who, fact) => {
    expect(revocationOf({ ...nothing, ...fact }, none)).toBeDefined()
  })
})

test('every reason is explained to people', () => {
  for (const { meaning } of revocationRules) expect(meaning).toMatch(/\w+ \w+/)
})
