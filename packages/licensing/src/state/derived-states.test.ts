import { aLicense, aPayment, day, type LicenseFields } from '@licenseoperator/db/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { derivedStates, type StoredFacts } from './derived-states.ts'
import { planChangeIssuanceKey } from './supersession.ts'

const now = day(200)
const policy = { revokeOnFullRefund: true, revokeOnLostDispute: true, revokeOnCancellation: true }
const changeKey = planChangeIssuanceKey('sub_1', 'in_2')

const month = (fields: Partial<LicenseFields> = {}) => aLicense({ issuanceKey: 'month', ...fields })
const change = (fields: Partial<LicenseFields> = {}) =>
  aLicense({ issuanceKey: changeKey, licenseId: 'L-change', issuedAt: day(10), ...fields })
const refunded = (issuanceKey: string) => aPayment({ issuanceKey, amountRefundedMinor: 1000, refundedInFull: true })

/** What licenses are, by issuance key, reason and when. */
function statesOf(facts: Partial<StoredFacts>, by = policy) {
  const whole = { licenses: [], payments: [], subscriptionEndedAt: undefined, creditedAt: [], ...facts }
  return Object.fromEntries(derivedStates(whole, by, now).map(({ license, after }) => [license.issuanceKey, after]))
}
const good = { revokedReason: undefined, revokedAt: undefined, supersededBy: undefined, disputed: false }

describe('money that went back', () => {
  test('revokes what was bought with it, from when we learn of it, and once', () => {
    const revoked = { ...good, revokedReason: 'refunded', revokedAt: now }
    expect(statesOf({ licenses: [month()], payments: [refunded('month')] }).month).toEqual(revoked)
    const before = month({ state: { revokedReason: 'refunded', revokedAt: day(50) } })
    expect(statesOf({ licenses: [before], payments: [refunded('month')] }).month?.revokedAt).toEqual(day(50))
  })

  test('revokes nothing else, and nothing where the vendor does not care', () => {
    const licenses = [month(), month({ issuanceKey: 'next', issuedAt: day(31), expiresAt: day(61) })]
    expect(statesOf({ licenses, payments: [refunded('month')] }).next).toEqual(good)
    expect(statesOf({ licenses, payments: [refunded('month')] }, { ...policy, revokeOnFullRefund: false }).month).toEqual(good)
  })

  test('revokes every license of a bundle', () => {
    const licenses = [month(), month({ issuanceKey: 'month#1' }), month({ issuanceKey: 'month#2' })]
    const reasons = Object.values(statesOf({ licenses, payments: [refunded('month')] })).map((state) => state.revokedReason)
    expect(reasons).toEqual(['refunded', 'refunded', 'refunded'])
  })

  test('that may go back is a mark and no reason', () => {
    const payments = [aPayment({ issuanceKey: 'month', disputeStatus: 'open' })]
    expect(statesOf({ licenses: [month()], payments }).month).toEqual({ ...good, disputed: true })
  })

  test.each(['won', 'inquiry'] as const)('in a dispute that is %s leaves the license as it was', (disputeStatus) => {
    const before = month({ state: { disputed: true } })
    expect(statesOf({ licenses: [before], payments: [aPayment({ issuanceKey: 'month', disputeStatus })] }).month).toEqual(good)
  })
})

describe('a change of plan', () => {
  test('supersedes what it replaced, and is good itself', () => {
    expect(statesOf({ licenses: [month(), change()] })).toEqual({
      month: { ...good, revokedReason: 'superseded', revokedAt: now, supersededBy: 'L-change' },
      [changeKey]: good,
    })
  })

  test('whose own money went back changed nothing after all', () => {
    const states = statesOf({ licenses: [month(), change()], payments: [refunded(changeKey)] })
    expect(states.month).toEqual(good)
    expect(states[changeKey]?.revokedReason).toBe('refunded')
  })

  test('stands on the money of what it replaced: a lost dispute takes both', () => {
    const payments = [aPayment({ issuanceKey: 'month', disputeStatus: 'lost' }), aPayment({ issuanceKey: changeKey })]
    const states = statesOf({ licenses: [month(), change()], payments })
    expect(states.month).toEqual({ ...good, revokedReason: 'dispute_lost', revokedAt: now })
    expect(states[changeKey]?.revokedReason).toBe('dispute_lost')
  })

  test('is no way around an operator, who revoked what it replaced', () => {
    const licenses = [month({ state: { adminRevokedAt: day(5) } }), change()]
    expect(statesOf({ licenses })[changeKey]).toEqual({ ...good, revokedReason: 'admin', revokedAt: day(5) })
  })

  test('that an operator revokes leaves what it replaced superseded', () => {
    const licenses = [month(), change({ state: { adminRevokedAt: day(12) } })]
    expect(statesOf({ licenses }).month?.revokedReason).toBe('superseded')
  })

  test('of two operators the earlier word counts', () => {
    const licenses = [month({ state: { adminRevokedAt: day(15) } }), change({ state: { adminRevokedAt: day(12) } })]
    expect(statesOf({ licenses })[changeKey]?.revokedAt).toEqual(day(12))
    expect(statesOf({ licenses }).month?.revokedAt).toEqual(day(15))
  })
})

describe('the end of a subscription', () => {
  test.each<[string, Partial<LicenseFields>, Date, Date | undefined]>([
    ['cuts short what was paid for beyond it, from that instant', {}, day(20), day(20)],
    ['with the period cuts nothing', {}, day(31), undefined],
    ['after the period cuts nothing', {}, day(40), undefined],
    ['cuts no license that never expires', { kind: 'perpetual' }, day(20), undefined],
    ['cuts nothing that was bought once', { kind: 'one_off' }, day(20), undefined],
  ])('%s', (_what, fields, subscriptionEndedAt, revokedAt) => {
    const { month: state } = statesOf({
      licenses: [month(fields)],
      payments: [aPayment({ issuanceKey: 'month' })],
      subscriptionEndedAt,
    })
    expect(state?.revokedAt).toEqual(revokedAt)
    expect(state?.revokedReason).toBe(revokedAt && 'canceled')
  })

  test.each<[string, Date, string | undefined]>([
    ['after it is good: the money was taken for it', day(21), undefined],
    ['at that instant goes with it', day(20), 'canceled'],
    ['before it goes with it', day(1), 'canceled'],
  ])('a period that was paid %s', (_what, paidAt, reason) => {
    const payments = [aPayment({ issuanceKey: 'month', paidAt })]
    expect(statesOf({ licenses: [month()], payments, subscriptionEndedAt: day(20) }).month?.revokedReason).toBe(reason)
  })
})

describe('a credit', () => {
  test.each<[string, Date, string | undefined]>([
    ['within the period ends the license', day(20), 'canceled'],
    ['at its first instant ends it', day(1), 'canceled'],
    ['at its end says nothing of it', day(31), undefined],
    ['before it says nothing of it', new Date(day(1).getTime() - 1), undefined],
  ])('%s', (_what, at, reason) => {
    expect(statesOf({ licenses: [month()], creditedAt: [at] }).month?.revokedReason).toBe(reason)
  })

  test('dates the end, also where the subscription ended later or the vendor lets canceled ones run', () => {
    const facts = { licenses: [month()], creditedAt: [day(10)], subscriptionEndedAt: day(20) }
    expect(statesOf(facts).month?.revokedAt).toEqual(day(10))
    expect(statesOf(facts, { ...policy, revokeOnCancellation: false }).month?.revokedReason).toBe('canceled')
  })

  test('ends no license that is none of a subscription', () => {
    expect(statesOf({ licenses: [month({ kind: 'perpetual' })], creditedAt: [day(10)] }).month).toEqual(good)
  })
})

test('what licenses are does not depend on the order in which they and their payments became known', () => {
  const license = fc.record({
    from: fc.integer({ min: 1, max: 30 }),
    lasts: fc.integer({ min: 1, max: 30 }),
    isChange: fc.boolean(),
  })
  const money = fc.record({ refundedInFull: fc.boolean(), disputeStatus: fc.constantFrom(undefined, 'open', 'lost', 'won') })
  const bought = fc.array(fc.tuple(license, money, fc.option(fc.integer({ min: 1, max: 60 }))), { minLength: 2, maxLength: 8 })
  const ended = fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined })
  fc.assert(
    fc.property(bought, ended, (all, endedAt) => {
      const licenses = all.map(([{ from, lasts, isChange }, , marked], index) =>
        aLicense({
          issuanceKey: isChange ? planChangeIssuanceKey('sub_1', `in_${index}`) : `subscription:sub_1:${index}`,
          issuedAt: day(from),
          expiresAt: day(from + lasts),
          state: marked === null ? {} : { adminRevokedAt: day(marked) },
        }),
      )
      const payments = all.map(([, reversed], index) =>
        aPayment({ issuanceKey: licenses[index]?.issuanceKey ?? '', ...reversed }),
      )
      const facts = { licenses, payments, subscriptionEndedAt: endedAt === undefined ? undefined : day(endedAt) }
      const reversed = { ...facts, licenses: licenses.toReversed(), payments: payments.toReversed() }
      expect(statesOf(reversed)).toEqual(statesOf(facts))
    }),
  )
})
