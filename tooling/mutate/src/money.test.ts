import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { money } from './mutants/money.ts'
import { mutate } from './plant.ts'
import { isUnitTest } from './run-tests.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const packageOf = (path: string) => path.split('/').slice(0, 2).join('/')

describe('a mutant of a money rule', () => {
  test.each(money.map((mutant) => [mutant.rule, mutant] as const))('can be planted: %s', (_rule, mutant) => {
    expect(mutate(readFileSync(`${root}/${mutant.file}`, 'utf8'), mutant)).toContain(mutant.put)
  })

  test.each(money.map((mutant) => [mutant.rule, mutant] as const))('names unit tests of its own package: %s', (_rule, mutant) => {
    expect(new Set(mutant.tests.map(packageOf))).toEqual(new Set([packageOf(mutant.file)]))
    expect(mutant.tests.filter((file) => !isUnitTest(file))).toEqual([])
    for (const file of mutant.tests) expect(existsSync(`${root}/${file}`), file).toBe(true)
  })

  test('has a name of its own', () => {
    expect(new Set(money.map(({ rule }) => rule)).size).toBe(money.length)
  })
})
