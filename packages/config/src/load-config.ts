import { dirname } from 'node:path'
import { z } from 'zod'
import { applyEnvironment } from './apply-environment.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { knownKeys, unknownKeys } from './known-keys.ts'
import { readYaml } from './read-yaml.ts'
import { resolveSecretFiles } from './resolve-secret-files.ts'
import { commonSections, requiredSections } from './sections.ts'

const common = z.object(commonSections).transform(({ product_display, license_policy, ...sections }) => ({
  ...sections,
  productDisplay: product_display,
  licensePolicy: license_policy,
}))

interface RequiredSections {
  readonly security: z.infer<typeof requiredSections.security>
  readonly internalAuth: z.infer<typeof requiredSections.internal_auth>
  readonly stripe: z.infer<typeof requiredSections.stripe>
  readonly nats: z.infer<typeof requiredSections.nats>
  readonly mysql: z.infer<typeof requiredSections.mysql>
}

export type SectionName = keyof RequiredSections
export const sectionNames = ['security', 'internalAuth', 'stripe', 'nats', 'mysql'] as const satisfies readonly SectionName[]

/** The configuration with the sections that were asked for; by default all of them. Deeply frozen. */
export type Config<S extends SectionName = SectionName> = Readonly<z.infer<typeof common>> & Readonly<Pick<RequiredSections, S>>

export interface LoadedConfig<S extends SectionName> {
  readonly config: Config<S>
  /** Things that do not keep a program from running: unknown keys, a key file that others can read. */
  readonly warnings: readonly string[]
}

const DEFAULT_PATH = 'config/config.yaml'
const COMMON_NAMES = Object.keys(commonSections)

/**
 * The configuration: environment over file over default.
 *
 * @param path     the file; else the variable CONFIG_FILE, else `config/config.yaml`, which may be missing when the environment says enough
 * @param require  the sections that the caller needs; others are not looked at, so that a command that only signs needs no database
 * @throws ConfigError with every problem and its key path
 */
export function loadConfig<const S extends SectionName>(options: {
  path?: string | undefined
  env: Readonly<Record<string, string | undefined>>
  require: readonly S[]
}): LoadedConfig<S> {
  const named = options.path ?? filled(options.env.CONFIG_FILE)
  const path = named ?? DEFAULT_PATH
  const file = readYaml(path)
  if (file === undefined && named !== undefined) throw new ConfigError([{ path, message: 'there is no such file' }])
  const { raw, problems, warnings } = applyEnvironment(file ?? {}, knownKeys(), options.env)
  const files = resolveSecretFiles(raw, dirname(path))
  problems.push(...files.problems)
  warnings.push(...unknownKeys(raw), ...files.warnings)

  const commonRaw = Object.fromEntries(COMMON_NAMES.map((name) => [name, raw[name] ?? {}]))
  const config: Record<string, unknown> = { ...collect(common, commonRaw, [], problems) }
  const readers: Record<SectionName, () => unknown> = {
    security: () => collect(requiredSections.security, raw.security, ['security'], problems),
    internalAuth: () => collect(requiredSections.internal_auth, raw.internal_auth ?? {}, ['internal_auth'], problems),
    stripe: () => collect(requiredSections.stripe, raw.stripe ?? {}, ['stripe'], problems),
    nats: () => collect(requiredSections.nats, raw.nats ?? {}, ['nats'], problems),
    mysql: () => collect(requiredSections.mysql, raw.mysql ?? {}, ['mysql'], problems),
  }
  for (const section of options.require) config[section] = readers[section]()
  if (problems.length > 0) throw new ConfigError(problems)
  return { config: deepFreeze(asConfig<S>(config)), warnings }
}

/** Without a problem every section that was asked for has been parsed by its schema, which is what `Config` says. */
function asConfig<S extends SectionName>(sections: Record<string, unknown>): Config<S> {
  return sections as Config<S>
}

function collect<T extends z.ZodType>(
  schema: T,
  value: unknown,
  path: readonly string[],
  problems: ConfigProblem[],
): z.infer<T> | undefined {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    problems.push({ path: [...path, ...issue.path].map(String).join('.'), message: messageOf(issue) })
  }
  return undefined
}

function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : issue.message
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
