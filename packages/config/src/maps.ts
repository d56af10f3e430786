import type { ConfigProblem } from './config-error.ts'
import { isMap, type Raw } from './read-yaml.ts'

/** Entries of a list; `undefined` in the place of one that is no map, so that indexes stay true. */
export function maps(value: unknown): (Raw | undefined)[] {
  return Array.isArray(value) ? value.map((part) => (isMap(part) ? part : undefined)) : []
}

/** A problem for each entry whose text at `key` occurred before, letter case and outer white space aside. */
export function repeated(entries: readonly (Raw | undefined)[], key: string, path: string, message: string): ConfigProblem[] {
  const seen = new Set<unknown>()
  return entries.flatMap((entry, index) => {
    const value = entry?.[key]
    const name = typeof value === 'string' ? value.trim().toLowerCase() : value
    if (name === undefined || name === '') return []
    if (seen.has(name)) return [{ path: `${path}[${index}].${key}`, message }]
    seen.add(name)
    return []
  })
}
