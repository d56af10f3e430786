import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { handledEvents } from './handled-events.ts'
import { describeEffects, whatEventsDo } from './what-events-do.ts'

test('the README prints what events do as it is: run `pnpm --filter @licenseoperator/billing effects` after a change', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  expect(readme).toContain(describeEffects())
})

test('what is printed is for people: no line over 100 columns', () => {
  expect(
    describeEffects()
      .split('\n')
      .filter((line) => line.length > 100),
  ).toEqual([])
})

test('it has a row for every handled event, and Stripe lists events by at most 20 types', () => {
  expect(Object.keys(whatEventsDo)).toEqual([...handledEvents])
  expect(handledEvents.length).toBeLessThanOrEqual(20)
})
