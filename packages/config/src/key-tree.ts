import { z } from 'zod'
import { commonSections, requiredSections } from './sections.ts'

/** A key of the configuration file. */
export interface KeyNode {
  readonly name: string
  /** `stripe.api_key` */
  readonly path: string
  /** Keys of a map; absent: a leaf. */
  readonly keys?: readonly KeyNode[]
  /** The default as the file would say it; absent: there is none, or the value is required. */
  readonly fallback?: unknown
  readonly required?: boolean
}

/** Every section with its keys, however deep, in the order of the schemas; `security` and `stripe.products`, which are lists, as leaves. */
export function keyTree(): KeyNode[] {
  const sections: Readonly<Record<string, z.core.$ZodType>> = { ...commonSections, ...requiredSections }
  return Object.entries(sections).map(([name, schema]) => node(name, name, schema))
}

function node(name: string, path: string, schema: z.core.$ZodType): KeyNode {
  const { inner, fallback, optional } = unwrapped(schema)
  if (inner instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape
    return { name, path, keys: Object.entries(shape).map(([key, part]) => node(key, `${path}.${key}`, part)) }
  }
  return fallback === undefined ? { name, path, required: !optional } : { name, path, fallback }
}

/** The schema of the input, and what holds when there is none. */
function unwrapped(schema: z.core.$ZodType): { inner: z.core.$ZodType; fallback?: unknown; optional: boolean } {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in)
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return { ...unwrapped(schema.unwrap()), fallback: schema.def.defaultValue, optional: true }
  if (schema instanceof z.ZodOptional) return { ...unwrapped(schema.unwrap()), optional: true }
  return { inner: schema, optional: false }
}
