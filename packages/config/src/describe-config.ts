import { stringify } from 'yaml'
import { Secret } from './secret.ts'

/** The effective configuration as YAML with the names of the file, `[secret]` in place of secrets. */
export function describeConfig(config: object): string {
  return stringify(plain(config), { lineWidth: 0 })
}

function plain(value: unknown): unknown {
  if (value instanceof Secret) return value.toString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(entries.map(([name, part]) => [snakeCase(name), plain(part)]))
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
