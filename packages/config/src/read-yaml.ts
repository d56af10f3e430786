import { readFileSync, statSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { ConfigError } from './config-error.ts'

const MAX_BYTES = 1024 * 1024

export type Raw = Record<string, unknown>

/**
 * Reads the configuration file.
 *
 * @returns `undefined` when there is no such file
 * @throws ConfigError for anything that is not one YAML map; messages carry a line number and never the text
 */
export function readYaml(path: string): Raw | undefined {
  const text = readText(path)
  if (text === undefined) return undefined
  const document = parseDocument(text, { uniqueKeys: true, merge: false, version: '1.2', schema: 'core', logLevel: 'silent' })
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) {
    throw problem(
      path,
      `is not valid YAML (${error.code}${error.linePos === undefined ? '' : `, line ${error.linePos[0].line}`})`,
    )
  }
  const value = toData(path, () => document.toJS({ maxAliasCount: 50 }))
  if (value === null || value === undefined) return {}
  if (!isMap(value)) throw problem(path, 'must be a map of sections')
  return value
}

export function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toData(path: string, convert: () => unknown): unknown {
  try {
    return convert()
  } catch {
    throw problem(path, 'uses too many YAML aliases')
  }
}

function readText(path: string): string | undefined {
  try {
    const { size } = statSync(path)
    if (size > MAX_BYTES) throw problem(path, 'is larger than 1 MiB')
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    if (code === 'EISDIR') throw problem(path, 'is a directory')
    throw problem(path, `cannot be read (${String(code)})`)
  }
}

function problem(path: string, message: string): ConfigError {
  return new ConfigError([{ path, message }])
}
