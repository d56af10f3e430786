import { expect, test } from 'vitest'
import { purchaseLockOf } from './lock-purchase.ts'
import { renewalsKey, renewedLicenseOf } from './renewals-key.ts'
import { familyOf } from './state/touched.ts'

test.each([
  ['by its subscription', { subscriptionId: 'sub_1', paymentIntentId: 'pi_1' }, 'sub_1'],
  ['else by its payment', { paymentIntentId: 'pi_1' }, 'pi_1'],
  ['else by its purchase, which the parts of a bundle share', {}, 'checkout:cs_1'],
])('facts about a license wait for each other %s', (_what, stripe, key) => {
  expect(purchaseLockOf({ issuanceKey: 'checkout:cs_1#2', stripe })).toBe(key)
})

test('a fact about a part of a bundle is about the whole purchase', () => {
  expect(familyOf({ issuanceKey: 'checkout:cs_1#2' })).toEqual({ issuanceKey: 'checkout:cs_1' })
})

test('the payments that renew the maintenance of a license tell which one, and others none', () => {
  expect(renewedLicenseOf(renewalsKey('L-1'))).toBe('L-1')
  expect(renewedLicenseOf('checkout:cs_1')).toBeUndefined()
})
