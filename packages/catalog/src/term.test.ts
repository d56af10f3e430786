import { PERPETUAL_EXPIRY } from '@licenseoperator/domain'
import { describe, expect, test } from 'vitest'
import type { LicenseMode } from './license-mode.ts'
import { licenseModeOf } from './license-mode.ts'
import { termEnd } from './term.ts'

const purchasedAt = new Date('2028-02-29T10:00:00Z')
const period = { start: new Date('2028-02-01T00:00:00Z'), end: new Date('2028-03-01T00:00:00Z') }
const at = (text: string) => new Date(text)

describe('a license lasts', () => {
  test.each<[string, LicenseMode, typeof period | undefined, Date, Date | undefined]>([
    ['as long as the period that is paid for', 'subscription', period, period.end, undefined],
    ['its days from the purchase, bought once', 'one_off', undefined, at('2028-03-10T10:00:00Z'), undefined],
    ['its days, also where an invoice names a period', 'one_off', period, at('2028-03-10T10:00:00Z'), undefined],
    ['for ever and is maintained for a year', 'perpetual_manual', undefined, PERPETUAL_EXPIRY, at('2029-02-28T10:00:00Z')],
    ['for ever and is maintained for the paid period', 'perpetual_auto', period, PERPETUAL_EXPIRY, period.end],
  ])('%s', (_what, mode, paid, expiresAt, maintenanceExpiresAt) => {
    expect(termEnd(mode, purchasedAt, { termDurationDays: 10, period: paid })).toEqual({ expiresAt, maintenanceExpiresAt })
  })

  test('no time that nobody paid for: a subscription needs its period', () => {
    expect(() => termEnd('subscription', purchasedAt, { termDurationDays: 10 })).toThrow(TypeError)
  })
})

describe('a product is sold', () => {
  test.each<[string, 'subscription' | 'one_off', Record<string, string>, LicenseMode]>([
    ['as its type says', 'subscription', {}, 'subscription'],
    ['as its type says, whatever else its metadata says', 'one_off', { license_type: 'other', maintenance: 'auto' }, 'one_off'],
    ['for ever with the mark', 'one_off', { license_type: 'Perpetual' }, 'perpetual_manual'],
    ['for ever and maintained by subscription', 'one_off', { license_type: 'perpetual', maintenance: 'AUTO' }, 'perpetual_auto'],
    ['for ever, maintained by hand', 'one_off', { license_type: 'perpetual', maintenance: 'manual' }, 'perpetual_manual'],
  ])('%s', (_what, type, metadata, mode) => expect(licenseModeOf({ type, metadata })).toBe(mode))
})
