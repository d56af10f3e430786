import type { ConfigProblem } from './config-error.ts'
import { isMap, type Raw } from './read-yaml.ts'

const PREFIX = 'LICENSEOPERATOR_'
/** Variables of our tools, which share the prefix and are no configuration. */
const NOT_OURS = /^LICENSEOPERATOR_(?:STACK|TEST)_/

/** How the text of a variable becomes a value: most leaves take text, lists of objects and maps come as JSON. */
const JSON_KEYS = new Set(['security', 'stripe.products', 'internal_auth.required_scopes', 'product_display.features'])

/**
 * Lays the environment over the file: `stripe.api_key` is `LICENSEOPERATOR_STRIPE_API_KEY`. An empty variable counts as absent.
 *
 * @param keys  every known key path, `_file` variants included
 */
export function applyEnvironment(
  raw: Raw,
  keys: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { raw: Raw; problems: ConfigProblem[]; warnings: string[] } {
  const result = structuredClone(raw)
  const problems: ConfigProblem[] = []
  const variables = new Map(keys.map((key) => [variableFor(key), key]))
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !NOT_OURS.test(name) && !variables.has(name))
    .map((name) => `environment variable ${name} is not a configuration key`)
  for (const [name, key] of variables) {
    const text = env[name]
    if (text === undefined || text === '') continue
    const value = JSON_KEYS.has(key) ? parseJson(text) : text
    if (value === undefined) problems.push({ path: key, message: `${name} must be JSON` })
    else put(result, key, value)
  }
  return { raw: result, problems, warnings }
}

function variableFor(key: string): string {
  return PREFIX + key.toUpperCase().replaceAll('.', '_')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A value and its `_file` twin exclude each other, and the environment wins over the file for the pair. */
function put(raw: Raw, key: string, value: unknown): void {
  const [section = '', leaf] = key.split('.')
  if (leaf === undefined) {
    raw[section] = value
    return
  }
  const existing = raw[section]
  const target = isMap(existing) ? existing : {}
  raw[section] = target
  delete target[leaf.endsWith('_file') ? leaf.slice(0, -5) : `${leaf}_file`]
  target[leaf] = value
}
