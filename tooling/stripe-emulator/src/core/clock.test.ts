import { expect, test } from 'vitest'
import { createClock } from './clock.ts'

test('a frozen clock runs what falls due in time order, each at its own instant', () => {
  const clock = createClock()
  clock.freeze(1_000_000)
  const seen: Array<[string, number]> = []
  clock.at(1_030_000, () => seen.push(['later', clock.now()]))
  clock.at(1_010_000, () => {
    seen.push(['sooner', clock.now()])
    clock.at(1_020_000, () => seen.push(['made on the way', clock.now()]))
  })
  const forget = clock.at(1_015_000, () => seen.push(['forgotten', clock.now()]))
  forget()
  clock.advance(29_999)
  expect(seen).toEqual([
    ['sooner', 1010],
    ['made on the way', 1020],
  ])
  clock.advance(1)
  expect(seen.at(-1)).toEqual(['later', 1030])
  expect(clock.nowMs()).toBe(1_030_000)
})

test('real time cannot be advanced', () => {
  expect(() => createClock().advance(1)).toThrow(/frozen/)
})
