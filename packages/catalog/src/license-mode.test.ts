import { expect, test } from 'vitest'
import { isCapped } from './license-mode.ts'

test('a cap counts what is sold once, for a term or for good, and no period of a subscription and no trial', () => {
  const kinds = ['one_off', 'perpetual', 'perpetual_manual', 'perpetual_auto', 'subscription', 'trial'] as const
  expect(kinds.filter(isCapped)).toEqual(['one_off', 'perpetual', 'perpetual_manual', 'perpetual_auto'])
})
