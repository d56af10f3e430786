import { readFileSync } from 'node:fs'
import type { RouteKey } from '../schema/routes.ts'
import type { Fields, Schema, SchemaTable } from '../schema/schema.ts'
import type { FormFields, FormValue } from './form.ts'
import { checkLengths } from './limits.ts'
import { invalidParameter, missingParameter, StripeError } from './stripe-error.ts'
import type { JsonObject } from './wire.ts'

// Read, not imported: the compiler would infer a type of a hundred thousand members from it.
const parameterTable: SchemaTable = JSON.parse(readFileSync(new URL('../schema/parameters.json', import.meta.url), 'utf8'))
const { routes: routeSchemas, definitions } = parameterTable
export const knownEventTypes: ReadonlySet<string> = new Set(parameterTable.events)

// The declarations say `number` for both: these are the ones Stripe takes fractions for.
const fractional = /(percent|percentage|percent_off)$/

/** Turns a decoded form into typed parameters. @throws StripeError 400 for unknown, missing and mistyped parameters. */
export function readParameters(route: RouteKey, form: FormFields): JsonObject {
  const schema = routeSchemas[route] ?? {}
  const unknown: string[] = []
  const fields = resolve(schema)
  collectUnknown(fields, form, '', unknown)
  const [first] = unknown
  if (first !== undefined) {
    const message = `Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${unknown.join(', ')}`
    throw invalidParameter(message, first, 'parameter_unknown')
  }
  const params = readFields(fields, form, '')
  checkLengths(route, params)
  return params
}

function resolve(schema: Schema): Fields {
  if (typeof schema !== 'object') return {}
  if ('ref' in schema && typeof schema.ref === 'string') return definitions[schema.ref] ?? {}
  return schema as Fields
}

type Kind = 'scalar' | 'enum' | 'array' | 'map' | 'anyOf' | 'fields'

function kindOf(schema: Schema): Kind {
  if (typeof schema === 'string') return 'scalar'
  if ('enum' in schema && Array.isArray(schema.enum)) return 'enum'
  if ('anyOf' in schema && Array.isArray(schema.anyOf)) return 'anyOf'
  const keys = Object.keys(schema)
  if (keys.length === 1 && keys[0] === 'array') return 'array'
  if (keys.length === 1 && keys[0] === 'map') return 'map'
  return 'fields'
}

/** The alternatives of a schema that can hold fields: an object, a list, or a map. */
function structures(schema: Schema): Schema[] {
  const kind = kindOf(schema)
  if (kind === 'anyOf') return (schema as { anyOf: Schema[] }).anyOf.flatMap(structures)
  return kind === 'scalar' || kind === 'enum' ? [] : [schema]
}

function collectUnknown(fields: Fields, form: FormFields, prefix: string, unknown: string[]): void {
  for (const [name, value] of Object.entries(form)) {
    const path = prefix === '' ? name : `${prefix}[${name}]`
    const schema = fieldOf(fields, name)
    if (schema === undefined) unknown.push(path)
    else collectUnknownIn(schema, value, path, unknown)
  }
}

function collectUnknownIn(schema: Schema, value: FormValue, path: string, unknown: string[]): void {
  if (typeof value === 'string') return
  const candidates = structures(schema).map((structure) => {
    const found: string[] = []
    const kind = kindOf(structure)
    if (kind === 'fields') collectUnknown(resolve(structure), value, path, found)
    else {
      const inner = kind === 'array' ? (structure as { array: Schema }).array : (structure as { map: Schema }).map
      for (const [name, item] of Object.entries(value)) collectUnknownIn(inner, item, `${path}[${name}]`, found)
    }
    return found
  })
  const [best] = candidates.sort((a, b) => a.length - b.length)
  unknown.push(...(best ?? []))
}

function fieldOf(fields: Fields, name: string): Schema | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : Object.hasOwn(fields, `${name}?`) ? fields[`${name}?`] : undefined
}

function readFields(fields: Fields, form: FormFields, prefix: string): JsonObject {
  const result: JsonObject = {}
  for (const [declared, schema] of Object.entries(fields)) {
    const name = declared.endsWith('?') ? declared.slice(0, -1) : declared
    const path = prefix === '' ? name : `${prefix}[${name}]`
    const value = form[name]
    if (value !== undefined) result[name] = read(schema, value, path)
    else if (!declared.endsWith('?')) throw missingParameter(path)
  }
  return result
}

function read(schema: Schema, value: FormValue, path: string): unknown {
  switch (kindOf(schema)) {
    case 'anyOf':
      return readAny((schema as { anyOf: Schema[] }).anyOf, value, path)
    case 'enum':
      return readEnum((schema as { enum: string[] }).enum, value, path)
    case 'array':
      return readArray((schema as { array: Schema }).array, value, path)
    case 'map':
      return readMap((schema as { map: Schema }).map, value, path)
    case 'fields':
      if (typeof value === 'string') throw invalidParameter('Invalid object', path)
      return readFields(resolve(schema), value, path)
    case 'scalar':
      return readScalar(schema as string, value, path)
  }
}

function readAny(options: Schema[], value: FormValue, path: string): unknown {
  const empties = options.some(
    (option) => option === 'null' || (kindOf(option) === 'enum' && (option as { enum: string[] }).enum.includes('')),
  )
  if (value === '' && empties) return ''
  // Text that may be free stays text, so that metadata `7` does not become a number.
  const usable = options.filter((option) => option !== 'null' && !(option === 'number' && options.includes('string')))
  let refusal: unknown
  for (const option of usable) {
    try {
      return read(option, value, path)
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      const structural = (kindOf(option) !== 'scalar' && kindOf(option) !== 'enum') === (typeof value === 'object')
      if (refusal === undefined || structural) refusal = error
    }
  }
  throw refusal ?? invalidParameter(`Invalid ${path}`, path)
}

function readEnum(values: string[], value: FormValue, path: string): string {
  if (typeof value === 'string' && values.includes(value)) return value
  const shown = values.filter((known) => known !== '')
  const list = shown.length > 1 ? `${shown.slice(0, -1).join(', ')}, or ${shown.at(-1)}` : (shown[0] ?? '')
  // Of a nested name only the last part is named, with its index when it is an entry of a list: `mode`, `enabled_events[0]`.
  const name = /([^[\]]+)\]?((?:\[\d+\])*)$/.exec(path)?.slice(1).join('') ?? path
  throw invalidParameter(`Invalid ${name}: must be ${shown.length > 1 ? 'one of ' : ''}${list}`, path)
}

function readArray(item: Schema, value: FormValue, path: string): unknown[] {
  if (value === '') return []
  if (typeof value === 'string' || Object.keys(value).some((key) => !/^\d+$/.test(key)))
    throw invalidParameter('Invalid array', path)
  return Object.entries(value).map(([index, entry]) => read(item, entry, `${path}[${index}]`))
}

function readMap(item: Schema, value: FormValue, path: string): JsonObject {
  if (typeof value === 'string') throw invalidParameter('Invalid object', path)
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, read(item, entry, `${path}[${key}]`)]))
}

function readScalar(schema: string, value: FormValue, path: string): unknown {
  if (schema === '*') return value
  if (typeof value !== 'string')
    throw invalidParameter(`Invalid ${schema === 'number' ? 'integer' : schema}: ${JSON.stringify(value)}`, path)
  if (value === '') {
    throw invalidParameter(
      `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; however '${path}' cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
      path,
      'parameter_invalid_empty',
    )
  }
  if (schema === 'boolean') {
    if (value !== 'true' && value !== 'false') throw invalidParameter(`Invalid boolean: ${value}`, path)
    return value === 'true'
  }
  if (schema === 'number') {
    const pattern = fractional.test(path.replaceAll(']', '')) ? /^-?\d+(\.\d+)?$/ : /^-?\d{1,15}$/
    if (!pattern.test(value)) throw invalidParameter(`Invalid integer: ${value}`, path, 'parameter_invalid_integer')
    return Number(value)
  }
  if (schema === 'decimal' && !/^-?\d+(\.\d{1,12})?$/.test(value)) {
    throw invalidParameter(`Invalid decimal: ${value}`, path)
  }
  return value
}
