import { dirname } from 'node:path'
import { pathText } from '@licenseoperator/catalog'
import { z } from 'zod'
import { applyEnvironment, type Environment, filled } from './apply-environment.ts'
import { checkRelations, doubtful } from './check-relations.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { knownKeys, unknownKeys } from './known-keys.ts'
import { CannotRead, othersCanRead, type ReadFile, readFile as readFromDisk } from './read-file.ts'
import { isMap, type Raw, readYaml } from './read-yaml.ts'
import { holdsSecret, resolveSecretFiles } from './resolve-secret-files.ts'
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

/** The sections by their names in the file. */
const namesInFile = {
  security: 'security',
  internalAuth: 'internal_auth',
  stripe: 'stripe',
  nats: 'nats',
  mysql: 'mysql',
} as const satisfies Record<SectionName, keyof typeof requiredSections>

/** The configuration with the sections that were asked for; by default all of them. Deeply frozen. */
export type Config<S extends SectionName = SectionName> = Readonly<z.infer<typeof common>> & Readonly<Pick<RequiredSections, S>>

export interface LoadedConfig<S extends SectionName> {
  readonly config: Config<S>
  /** Things that do not keep a program from running: unknown keys, a key file that others can read. Never holds a value. */
  readonly warnings: readonly string[]
}

export interface LoadOptions<S extends SectionName> {
  /** The file; else the variable CONFIG_FILE, else `config/config.yaml`, which may be missing when the environment says enough. */
  readonly path?: string | undefined
  readonly env: Environment
  /** Sections that the caller needs. The others are not looked at, so that a command that only signs needs no database. */
  readonly require?: readonly S[]
  /** Values below the file's, in the shape of the file. */
  readonly defaults?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Reads the file and those named by `…_file` keys; from the disk by default. */
  readonly readFile?: ReadFile
}

const DEFAULT_PATH = 'config/config.yaml'
const COMMON_NAMES = Object.keys(commonSections)

/**
 * The configuration: environment over file over default.
 *
 * @throws ConfigError with every problem and its key path, never a value
 */
export function loadConfig<const S extends SectionName = SectionName>(options: LoadOptions<S>): LoadedConfig<S> {
  const { env, readFile = readFromDisk } = options
  const named = [options.path, env.CONFIG_FILE].find(filled)
  const path = named ?? DEFAULT_PATH
  const file = readConfigFile(path, readFile)
  if (file === undefined && named !== undefined) throw new ConfigError([{ path, message: 'there is no such file' }])

  const wanted = sectionNames.filter(
    (name) => options.require === undefined || options.require.some((section) => section === name),
  )
  const sections = new Set([...COMMON_NAMES, ...wanted.map((name) => namesInFile[name])])
  const overlay = applyEnvironment(merged(options.defaults ?? {}, file?.raw ?? {}), knownKeys(), env)
  const { raw } = overlay
  const unknown = unknownKeys(raw)
  const files = resolveSecretFiles(raw, [...sections], dirname(path), readFile)

  const parsed = parseSections(raw, wanted)
  const unread = new Set([...overlay.unread, ...files.unread])
  const problems = [
    ...overlay.problems.filter((problem) => sections.has(problem.path.replace(/\..*/, ''))),
    ...files.problems,
    ...parsed.problems.filter((problem) => !unread.has(problem.path)),
    ...checkRelations(raw, sections),
  ].map((problem) => withVariable(problem, overlay.variables))
  if (problems.length > 0) {
    // Then the likeliest mistake is the folder that the program was started in.
    if (file === undefined) problems.unshift({ path, message: 'there is no such file' })
    throw new ConfigError(problems)
  }
  const warnings = [...(file?.warnings ?? []), ...overlay.warnings, ...unknown, ...files.warnings, ...doubtful(raw, sections)]
  return { config: deepFreeze(asConfig<S>(parsed.config)), warnings }
}

function readConfigFile(path: string, readFile: ReadFile): { raw: Raw; warnings: string[] } | undefined {
  try {
    const content = readFile(path)
    const raw = readYaml(path, content.text)
    const exposed = othersCanRead(content) && holdsSecret(raw)
    return { raw, warnings: exposed ? [`${path}: holds secrets, and other users of this machine can read it`] : [] }
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error
    if (error.missing) return undefined
    throw new ConfigError([{ path, message: error.message }])
  }
}

function merged(defaults: NonNullable<LoadOptions<never>['defaults']>, file: Raw): Raw {
  const result: Raw = { ...file }
  for (const [section, values] of Object.entries(defaults)) {
    const fileValues = file[section] ?? {}
    if (isMap(fileValues)) result[section] = { ...values, ...fileValues }
  }
  return result
}

/** Every section by itself, so that one that is wrong hides nothing in another. */
function parseSections(raw: Raw, wanted: readonly SectionName[]): { config: Record<string, unknown>; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = []
  const parse = (schema: z.ZodType, value: unknown, at: readonly string[]): unknown => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    problems.push(...result.error.issues.map((issue) => ({ path: pathText([...at, ...issue.path]), message: issue.message })))
    return undefined
  }
  const commonValues = parse(common, Object.fromEntries(COMMON_NAMES.map((name) => [name, raw[name] ?? {}])), [])
  const required = wanted.map((name) => {
    const inFile = namesInFile[name]
    return [name, parse(requiredSections[inFile], raw[inFile] ?? (inFile === 'security' ? undefined : {}), [inFile])]
  })
  return { config: { ...(isMap(commonValues) ? commonValues : {}), ...Object.fromEntries(required) }, problems }
}

/** Says which variable is at fault: the file would be searched in vain. */
function withVariable(problem: ConfigProblem, variables: ReadonlyMap<string, string>): ConfigProblem {
  const path = /^\w+(?:\.\w+)*/.exec(problem.path)?.[0].split('.') ?? [problem.path]
  const holders = path.map((_, index) => path.slice(0, path.length - index).join('.'))
  const variable = holders.map((key) => variables.get(key) ?? variables.get(`${key}_file`)).find((name) => name !== undefined)
  return variable === undefined ? problem : { ...problem, message: `${problem.message} (from ${variable})` }
}

/** Without a problem every section that was asked for has been parsed by its schema, which is what `Config` says. */
function asConfig<S extends SectionName>(sections: Record<string, unknown>): Config<S> {
  return sections as Config<S>
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
