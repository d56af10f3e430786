import { resolve } from 'node:path'
import { stringify } from 'yaml'
import { parseDsn } from './dsn.ts'
import { type KeyNode, keyTree } from './key-tree.ts'
import { pruned } from './known-keys.ts'
import { isMap, type Raw } from './read-yaml.ts'
import { fileKeys, isPublicKey } from './resolve-secret-files.ts'

const SECRET = '[secret]'
/** Having them in a file, be it with their default, is a warning. */
const UNSAID: ReadonlySet<string> = new Set(['retention.keep_days', 'retention.schedule_cron'])

/** The configuration that is in force, as YAML that loads again. */
export interface DescribedConfig {
  readonly yaml: string
  /** Key paths of the secrets that are left out: to load it, they have to come from the environment or from files. */
  readonly withheld: readonly string[]
}

/**
 * What is in force in the words of the file: what it or the environment says, else the default. A secret that stands in a file of its own is named by
 * that file; any other is a comment, because a placeholder would load and be taken for the secret.
 *
 * @param raw         environment over file, before files of secrets are read
 * @param sections    names of the sections to show
 * @param baseFolder  where relative paths of secrets start
 */
export function describeEffective(raw: Raw, sections: ReadonlySet<string>, baseFolder: string): DescribedConfig {
  const withheld: string[] = []
  const yaml = keyTree()
    .filter(({ name }) => sections.has(name))
    .map((section) => sectionYaml(section, raw[section.name]))
    .join('\n')
  return { yaml, withheld }

  function sectionYaml(section: KeyNode, value: unknown): string {
    if (section.keys !== undefined) return `${section.name}:\n${mapYaml(section, isMap(value) ? value : {}, '  ')}`
    const entries = Array.isArray(value) ? value : []
    const rows = entries.map((entry, index) => entryYaml(section.name, isMap(entry) ? entry : {}, `${section.name}[${index}]`))
    return `${section.name}:\n${rows.join('')}`
  }

  function mapYaml({ path, keys = [] }: KeyNode, values: Raw, indent: string): string {
    return keys
      .map((key) => {
        const value = values[key.name]
        if (key.keys === undefined) return leafYaml(key, path, values, indent)
        const inner = isMap(value) ? mapYaml(key, value, `${indent}  `) : ''
        // A map of nothing but comments reads as no value.
        return inner === '' ? '' : `${indent}${key.name}:\n${inner}`
      })
      .join('')
  }

  function leafYaml(key: KeyNode, holder: string, values: Raw, indent: string): string {
    const twin = `${key.name}_file`
    if (fileKeys[holder]?.includes(key.name) === true) {
      const file = values[twin]
      if (typeof file === 'string' && file !== '') return line(twin, resolve(baseFolder, file), indent)
      if (!isPublicKey(key.name)) return secretYaml(key.path, key.name, values[key.name], indent)
    }
    const fallback = UNSAID.has(key.path) ? undefined : key.fallback
    const value = values[key.name] === undefined ? fallback : inItsType(values[key.name], key.fallback)
    return value === undefined ? '' : line(key.name, pruned(key.path, value), indent)
  }

  function secretYaml(path: string, name: string, value: unknown, indent: string): string {
    if (value === undefined || value === '') return ''
    const shown = withoutSecret(path, value)
    if (!shown.includes(SECRET)) return line(name, shown, indent)
    withheld.push(path)
    return `${indent}# ${name}: ${shown}\n`
  }

  /** An entry of `security`: a list cannot be filled up from the environment, only replaced. */
  function entryYaml(section: string, entry: Raw, path: string): string {
    const keys = ['product_key', 'private_key_pem', 'public_key_pem'].map((name) => ({ name, path: `${path}.${name}` }))
    const inner = keys.map((key) => leafYaml(key, section, entry, '    ')).join('')
    return inner.replace(/^ {4}/, '  - ')
  }
}

function line(name: string, value: unknown, indent: string): string {
  const text = stringify({ [name]: value }, { lineWidth: 0, aliasDuplicateObjects: false })
  return text.replaceAll(/^(?=.)/gm, indent)
}

/** Variables have only text: where the default is no text, neither is the value. */
function inItsType(value: unknown, fallback: unknown): unknown {
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (typeof fallback === 'boolean' && ['true', '1', 'false', '0'].includes(text)) return text === 'true' || text === '1'
  return typeof fallback === 'number' && /^-?\d{1,15}$/.test(text) ? Number(text) : value
}

/** Where a service is, without who we are to it; a URL without credentials is no secret. */
function withoutSecret(path: string, value: unknown): string {
  if (path === 'mysql.dsn' && typeof value === 'string') {
    const account = parseDsn(value.trim())
    if (account === undefined) return SECRET
    const { user, password, host, port, socketPath, database, tls } = account
    if (password === '') return value.trim()
    const address = socketPath === undefined ? `tcp(${host.includes(':') ? `[${host}]` : host}:${port})` : `unix(${socketPath})`
    return `${user}:${SECRET}@${address}/${database}${tls ? '?tls=true' : ''}`
  }
  if (path === 'nats.url' && typeof value === 'string' && URL.canParse(value.trim())) {
    const { protocol, username, password, host } = new URL(value.trim())
    return username === '' && password === '' ? value.trim() : `${protocol}//${SECRET}@${host}`
  }
  return SECRET
}
