import { z } from 'zod'
import { isMap, type Raw } from './read-yaml.ts'
import { fileKeys } from './resolve-secret-files.ts'
import { commonSections, requiredSections } from './sections.ts'

const schemas: Readonly<Record<string, z.core.$ZodType>> = { ...commonSections, ...requiredSections }

/** Every key path that a variable can set: `security` as a whole, all others as `section.key` or `section.map.key`, with their `_file` twins. */
export function knownKeys(): string[] {
  return Object.entries(schemas).flatMap(([section, schema]) => keysIn(schema, section))
}

function keysIn(schema: z.core.$ZodType, path: string): string[] {
  const leaves = shapeOf(schema)
  if (leaves === undefined) return [path]
  const keysBelow = Object.entries(leaves).flatMap(([leaf, inner]) => keysIn(inner, `${path}.${leaf}`))
  return [...keysBelow, ...[...twinsAt(path)].map((leaf) => `${path}.${leaf}`)]
}

/** Names with `_file` behind them that the map at this path may have as well. */
function twinsAt(path: string): ReadonlySet<string> {
  return new Set((fileKeys[path.replace(/\[\d+\]/, '')] ?? []).map((leaf) => `${leaf}_file`))
}

/** One line for each key of the file that means nothing here, however deep. */
export function unknownKeys(raw: Raw): string[] {
  return Object.entries(raw).flatMap(([section, value]) => {
    const schema = Object.hasOwn(schemas, section) ? schemas[section] : undefined
    return schema === undefined ? [`unknown section: ${printable(section)}`] : unknownIn(schema, value, section)
  })
}

function unknownIn(schema: z.core.$ZodType, value: unknown, path: string): string[] {
  const element = elementOf(schema)
  if (element !== undefined && Array.isArray(value)) {
    return value.flatMap((part, index) => unknownIn(element, part, `${path}[${index}]`))
  }
  const shape = shapeOf(schema)
  if (shape === undefined || !isMap(value)) return []
  const twins = twinsAt(path)
  return Object.entries(value).flatMap(([name, part]) => {
    const known = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (known !== undefined) return unknownIn(known, part, `${path}.${name}`)
    return twins.has(name) ? [] : [`unknown key: ${path}.${printable(name)}`]
  })
}

/** `{api_key:sk_…}` without a space is one long key: a name that does not look like one may be a secret. */
function printable(name: string): string {
  return /^[a-z][a-z_]{0,40}$/.test(name) ? name : '(not a plain name)'
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const inner = unwrapped(schema)
  return inner instanceof z.ZodObject ? inner.shape : undefined
}

function elementOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const inner = unwrapped(schema)
  return inner instanceof z.ZodArray ? inner.element : undefined
}

/** The schema of the input: what stands before transformations, defaults and the like. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in)
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrapped(schema.unwrap())
  }
  return schema
}
