import type { ConfigProblem } from './config-error.ts'
import { parseJson } from './leaf.ts'
import { isMap, type Raw, withoutNulls } from './read-yaml.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'LICENSEOPERATOR_'
/** Variables of our tools, which share the prefix and are no configuration. */
const NOT_OURS = /^LICENSEOPERATOR_(?:STACK|TEST)_/

/** Lists and maps come as JSON; all other leaves read text themselves. */
const JSON_KEYS: ReadonlySet<string> = new Set([
  'security',
  'stripe.products',
  'internal_auth.required_scopes',
  'product_display.features',
])

/**
 * Lays the environment over the file: `stripe.api_key` is `LICENSEOPERATOR_STRIPE_API_KEY`. An empty variable counts as absent.
 *
 * @param keys  every known key path, `_file` variants included
 * @returns `raw`: a copy with the variables in it; `variables`: which variable set a key; `unread`: keys whose variable is not JSON
 */
export function applyEnvironment(
  raw: Raw,
  keys: readonly string[],
  env: Environment,
): { raw: Raw; variables: ReadonlyMap<string, string>; problems: ConfigProblem[]; warnings: string[]; unread: string[] } {
  const names = new Set(keys.map(variableFor))
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !NOT_OURS.test(name) && !names.has(name))
    .map((name) => `environment variable ${name} is not a configuration key`)
  const variables = new Map(keys.map((key) => [key, variableFor(key)] as const).filter(([, name]) => filled(env[name])))
  const result = withoutOverridden(raw, variables)
  const problems: ConfigProblem[] = []
  const unread: string[] = []
  for (const [key, name] of variables) {
    const text = env[name] ?? ''
    const value = JSON_KEYS.has(key) ? withoutNulls(parseJson(text)) : text
    if (value !== undefined) put(result, key, value)
    else {
      problems.push({ path: key, message: 'must be JSON' })
      unread.push(key)
    }
  }
  return { raw: result, variables, problems, warnings, unread }
}

function variableFor(key: string): string {
  return PREFIX + key.toUpperCase().replaceAll('.', '_')
}

export function filled(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}

/** A value and its `_file` twin are one setting: a variable for either replaces whichever the file has. */
function withoutOverridden(raw: Raw, variables: ReadonlyMap<string, string>): Raw {
  const copy = structuredClone(raw)
  for (const key of variables.keys()) {
    const path = key.split('.')
    const leaf = path.pop() ?? ''
    const holder = path.reduce<unknown>((map, name) => (isMap(map) ? map[name] : undefined), copy)
    if (!isMap(holder)) continue
    delete holder[leaf]
    if (path.length > 0) delete holder[leaf.endsWith('_file') ? leaf.slice(0, -'_file'.length) : `${leaf}_file`]
  }
  return copy
}

/** A section that is no map stays as it is: its schema reports it. */
function put(raw: Raw, key: string, value: unknown): void {
  const path = key.split('.')
  const leaf = path.pop() ?? ''
  let holder: unknown = raw
  for (const name of path) {
    if (!isMap(holder)) return
    holder[name] ??= {}
    holder = holder[name]
  }
  if (isMap(holder)) holder[leaf] = value
}
