import { day } from '@licenseoperator/db/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connected, type Periods } from './connected.ts'
import { type PaidTime, planChangeIssuanceKey, replaces } from './supersession.ts'

/** What the database answers: half-open intervals, as its queries have them. */
const among = (all: readonly PaidTime[]): Periods => ({
  startingWithin: async (from, until) => all.filter(({ issuedAt }) => issuedAt >= from && issuedAt < until),
  lastingInto: async (first, last) => all.filter(({ issuedAt, expiresAt }) => issuedAt <= last && expiresAt > first),
})
const period = (from: number, until: number): PaidTime => ({
  key: `subscription:sub_1:${from}-${until}`,
  issuedAt: day(from),
  expiresAt: day(until),
})
const change = (from: number, until: number): PaidTime => ({
  ...period(from, until),
  key: planChangeIssuanceKey('sub_1', `in_${from}-${until}`),
})
const [first, second, third] = [period(1, 31), period(31, 61), period(61, 91)]
const keysOf = (all: readonly PaidTime[]) => all.map(({ key }) => key).toSorted()

test('a renewal hangs together with no other period', async () => {
  expect(await connected(among([first, second, third]), [second])).toEqual([second.key])
})

test('a change hangs together with what it replaced, from either side, and with no period after', async () => {
  const within = change(40, 61)
  const all = among([first, second, within, third])
  expect((await connected(all, [second])).toSorted()).toEqual(keysOf([second, within]))
  expect((await connected(all, [within])).toSorted()).toEqual(keysOf([second, within]))
  expect(await connected(all, [third])).toEqual([third.key])
})

test('a change that lasts into the next period ties further changes to it', async () => {
  const [long, later] = [change(20, 80), change(70, 80)]
  const all = [first, long, third, later]
  for (const start of all) expect((await connected(among(all), [start])).toSorted()).toEqual(keysOf(all))
})

test('nothing that shares money or place through a chain of changes is left out', async () => {
  const one = fc
    .tuple(fc.boolean(), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 40 }))
    .map(([isChange, from, lasts]) => (isChange ? change(from, from + lasts) : period(from, from + lasts)))
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(one, { selector: ({ key }) => key, minLength: 1, maxLength: 10 }), async (all) => {
      for (const start of all) expect(await connected(among(all), [start])).toEqual(expect.arrayContaining(chainOf(start, all)))
    }),
  )
})

/** By the definition: all that is reached over "replaces" and "is replaced by". */
function chainOf(start: PaidTime, all: readonly PaidTime[]): string[] {
  const chain = new Set([start])
  for (const one of chain) for (const other of all) if (replaces(one, other) || replaces(other, one)) chain.add(other)
  return keysOf([...chain])
}
