import { stringify } from 'yaml'
import { ConfigError, type ConfigProblem } from '../config-error.ts'
import { type LoadedConfig, loadConfig, type SectionName, sectionNames } from '../load-config.ts'
import { CannotRead, type ReadFile } from '../read-file.ts'

/** The form of a PEM block; no key is inside. */
export function aPem(label: string, body = 'TUlJIG5vdCBhIGtleQ=='): string {
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
}

export const aPrivatePem = aPem('PRIVATE KEY')

/** A file with nothing but the keys that have no default. */
export function aFile(): Record<string, Record<string, unknown> | unknown[]> {
  return {
    security: [{ product_key: 'core', private_key_pem: aPrivatePem }],
    internal_auth: { jwt_secret: 'a shared secret of thirty-two bytes' },
    stripe: { api_key: 'sk_test_abc', webhook_secret: 'whsec_abc', root_app_url: 'https://app.acme.test' },
    nats: { url: 'nats://localhost:4222' },
    mysql: { dsn: 'app:pw@tcp(localhost:3306)/licenses' },
  }
}

/** `aFile` with one key set, or removed with `undefined`. */
export function aFileWith(key: string, value: unknown): Record<string, unknown> {
  const file: Record<string, unknown> = aFile()
  const [section = '', leaf, inner] = key.split('.')
  if (leaf === undefined) return { ...file, [section]: value }
  return { ...file, [section]: { ...Object(file[section]), [leaf]: inner === undefined ? value : { [inner]: value } } }
}

/** Files that exist by their path, private unless a mode is given. */
export function files(byPath: Readonly<Record<string, string | { text: string; mode: number }>>): ReadFile {
  return (path) => {
    const content = byPath[path]
    if (content === undefined) throw new CannotRead('there is no such file', true)
    return typeof content === 'string' ? { text: content, mode: 0o600 } : content
  }
}

type LoadSettings = { env?: Record<string, string>; others?: Parameters<typeof files>[0]; require?: readonly SectionName[] }

/** Loads a file given as data or as YAML text from `/etc/licenseoperator/config.yaml`. */
export function load(
  file: unknown,
  { env = {}, others = {}, require = sectionNames }: LoadSettings = {},
): LoadedConfig<SectionName> {
  const path = '/etc/licenseoperator/config.yaml'
  const text = typeof file === 'string' ? file : stringify(file)
  return loadConfig({ path, env, require, readFile: files({ [path]: text, ...others }) })
}

/** The problems that keep `load` from answering; none when it answers. */
export function problemsOf(...input: Parameters<typeof load>): readonly ConfigProblem[] {
  return errorOf(() => load(...input))?.problems ?? []
}

export function errorOf(action: () => unknown): ConfigError | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}
