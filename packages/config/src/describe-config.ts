import { stringify } from 'yaml'
import { Secret } from './secret.ts'

/** Maps whose keys are the user's own words. */
const VERBATIM = new Set(['metadata', 'requiredScopes'])

/** The effective configuration as YAML for people, `[secret]` in place of secrets. `JSON.stringify(config)` is the same for programs. */
export function describeConfig(config: object): string {
  return stringify(plain(config, snakeCase), { lineWidth: 0, aliasDuplicateObjects: false })
}

function plain(value: unknown, rename: (name: string) => string): unknown {
  if (value instanceof Secret) return value.toString()
  if (Array.isArray(value)) return value.map((part) => plain(part, rename))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(
    entries.map(([name, part]) => [rename(name), plain(part, VERBATIM.has(name) ? (key) => key : rename)]),
  )
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
