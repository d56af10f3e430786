import type { Context } from './context.ts'
import { isSet } from './read-flags.ts'

/** Facts for people, aligned; with --json one object for programs. */
export function printFacts(context: Context, facts: Readonly<Record<string, unknown>>): void {
  if (isSet(context, 'json')) {
    context.print(JSON.stringify(facts))
    return
  }
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined)
  const width = Math.max(...shown.map(([name]) => name.length))
  for (const [name, value] of shown) context.print(`${name.padEnd(width)}  ${asText(value)}`)
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(asText).join(', ')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
