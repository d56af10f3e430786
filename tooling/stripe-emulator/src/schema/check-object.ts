import { readFileSync } from 'node:fs'
import type { RouteKey } from './routes.ts'
import type { Fields, Schema, SchemaTable } from './schema.ts'

const table: SchemaTable = JSON.parse(readFileSync(new URL('objects.json', import.meta.url), 'utf8'))

/**
 * Where an answer differs from the SDK's declaration of that route's result: missing, unknown and mistyped fields, illegal
 * nulls, values outside an enum. Lists are checked entry by entry.
 */
export function checkAnswer(route: RouteKey, answer: unknown): string[] {
  const schema = table.routes[route] ?? '*'
  if (isRecord(answer) && answer.object === 'list' && Array.isArray(answer.data)) {
    return answer.data.flatMap((item, index) => check(schema, item, `data[${index}]`))
  }
  return check(schema, answer, '')
}

function check(schema: Schema, value: unknown, path: string): string[] {
  if (typeof schema === 'string') return checkScalar(schema, value, path)
  if ('enum' in schema && Array.isArray(schema.enum)) {
    return schema.enum.includes(String(value))
      ? []
      : [`${path}: ${JSON.stringify(value)} is none of ${schema.enum.slice(0, 5).join(', ')}`]
  }
  if ('anyOf' in schema && Array.isArray(schema.anyOf)) return checkAny(schema.anyOf, value, path)
  if ('ref' in schema && typeof schema.ref === 'string') return checkFields(table.definitions[schema.ref] ?? {}, value, path)
  if ('array' in schema && Object.keys(schema).length === 1) {
    const { array } = schema as { array: Schema }
    return Array.isArray(value)
      ? value.flatMap((item, index) => check(array, item, `${path}[${index}]`))
      : [`${path}: not a list`]
  }
  if ('map' in schema && Object.keys(schema).length === 1) {
    const { map } = schema as { map: Schema }
    return isRecord(value)
      ? Object.entries(value).flatMap(([key, item]) => check(map, item, `${path}.${key}`))
      : [`${path}: not a map`]
  }
  return checkFields(schema as Fields, value, path)
}

function checkAny(options: readonly Schema[], value: unknown, path: string): string[] {
  const results = options.map((option) => check(option, value, path)).sort((a, b) => a.length - b.length)
  // An expanded object in the place of an id is fine: its own route has the table for it.
  if (isRecord(value) && options.includes('string')) return []
  return results[0] ?? []
}

function checkScalar(schema: string, value: unknown, path: string): string[] {
  const fits =
    schema === '*' ||
    (schema === 'null' && value === null) ||
    (schema === 'decimal' && typeof value === 'string') ||
    (schema === 'number' && typeof value === 'number') ||
    typeof value === schema ||
    (schema === 'string' && isRecord(value) && 'id' in value)
  return fits ? [] : [`${path}: ${JSON.stringify(value)} is not ${schema}`]
}

function checkFields(fields: Fields, value: unknown, path: string): string[] {
  if (!isRecord(value)) return [`${path}: not an object`]
  const problems: string[] = []
  const known = new Map(
    Object.entries(fields).map(([name, schema]) => [name.replace(/\?$/, ''), { schema, required: !name.endsWith('?') }]),
  )
  for (const [name, { schema, required }] of known) {
    const field = value[name]
    if (field === undefined) {
      if (required) problems.push(`${path}.${name}: missing`)
    } else if (field !== null || required) problems.push(...check(schema, field, `${path}.${name}`))
  }
  for (const name of Object.keys(value)) if (!known.has(name) && known.size > 0) problems.push(`${path}.${name}: unknown`)
  return problems
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
