import { parseDocument } from 'yaml'
import { ConfigError } from './config-error.ts'

/** Data of a YAML or JSON document, or of a part of it. A key without a value is absent. */
export type Raw = Record<string, unknown>

/** How often one anchor may be used, multiplied along nested ones: a few lines of YAML can otherwise stand for gigabytes. */
const MAX_ALIASES = 50

// `logLevel: 'silent'` would also keep silent about a second document.
const OPTIONS = { merge: false, schema: 'core', resolveKnownTags: false, uniqueKeys: true, logLevel: 'error' } as const

const REASONS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'has the same key twice',
  MULTIPLE_DOCS: 'holds more than one document',
  TAB_AS_INDENT: 'is indented with a tab',
  TAG_RESOLVE_FAILED: 'uses a YAML tag',
}

/**
 * Reads the text of a configuration file.
 *
 * @param path  only for messages
 * @throws ConfigError for anything that is not one plain YAML map; messages carry a line number and never the text
 */
export function readYaml(path: string, text: string): Raw {
  const fail = (message: string) => new ConfigError([{ path, message }])
  const document = parseDocument(text, OPTIONS)
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) {
    const line = error.linePos === undefined ? '' : ` (line ${error.linePos[0].line})`
    throw fail(`${REASONS[error.code] ?? `is not valid YAML: ${error.code}`}${line}`)
  }
  const value = toData(() => document.toJS({ maxAliasCount: MAX_ALIASES }))
  if (value === undefined) throw fail('uses too many YAML aliases, or one inside itself')
  if (value === null) return {}
  if (!isMap(value)) throw fail('must be a map of sections')
  return value
}

export function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A copy without the keys that have no value, so that `issuer:` means the default. */
export function withoutNulls(value: unknown, within: readonly unknown[] = []): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (within.includes(value)) throw new RangeError('cyclic')
  const deeper = [...within, value]
  if (Array.isArray(value)) return value.map((part) => withoutNulls(part, deeper))
  const entries = Object.entries(value).filter(([, part]) => part !== null)
  return Object.fromEntries(entries.map(([name, part]) => [name, withoutNulls(part, deeper)]))
}

function toData(convert: () => unknown): unknown {
  try {
    return withoutNulls(convert())
  } catch {
    return undefined
  }
}
