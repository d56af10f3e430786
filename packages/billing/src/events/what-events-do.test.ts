import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { handledEvents } from './handled-events.ts'
import { describeEffects, whatEventsDo } from './what-events-do.ts'

/** A table however its columns are padded. */
const plain = (text: string) => text.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---')

test('the README prints the table as it is: run `pnpm --filter @licenseoperator/billing effects` after a change', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  expect(plain(readme)).toContain(plain(describeEffects()))
})

test('it has a row for every handled event, and Stripe lists events by at most 20 types', () => {
  expect(Object.keys(whatEventsDo)).toEqual([...handledEvents])
  expect(handledEvents.length).toBeLessThanOrEqual(20)
})
