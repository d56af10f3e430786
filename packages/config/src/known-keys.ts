import { z } from 'zod'
import { isMap, type Raw } from './read-yaml.ts'
import { fileKeys } from './resolve-secret-files.ts'
import { commonSections, requiredSections } from './sections.ts'

const schemas: Record<string, z.ZodType> = { ...commonSections, ...requiredSections }

/** Every key path that can be set: `security` as a whole, all others as `section.key`. */
export function knownKeys(): string[] {
  return Object.entries(schemas).flatMap(([section, schema]) => {
    const leaves = leavesOf(schema)
    if (leaves === undefined) return [section]
    const fromFiles = (fileKeys[section] ?? []).map((leaf) => `${leaf}_file`)
    return [...leaves, ...fromFiles].map((leaf) => `${section}.${leaf}`)
  })
}

/** One line for each key of the file that means nothing here. */
export function unknownKeys(raw: Raw): string[] {
  const known = new Set(knownKeys())
  return Object.entries(raw).flatMap(([section, value]) => {
    if (schemas[section] === undefined) return [`unknown section ${section}`]
    if (!isMap(value)) return []
    return Object.keys(value)
      .filter((leaf) => !known.has(`${section}.${leaf}`))
      .map((leaf) => `unknown key ${section}.${leaf}`)
  })
}

/** Keys of the object at the bottom of a schema; `undefined` for a list. */
function leavesOf(schema: z.core.$ZodType): string[] | undefined {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodPipe) return leavesOf(schema.in)
  return undefined
}
