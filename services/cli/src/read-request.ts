import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import type { Context } from './context.ts'
import { optionalText } from './read-flags.ts'
import { UsageError } from './usage-error.ts'

/** Flag name, field name and how its text becomes the field's type. */
export type RequestFlag = readonly [flag: string, field: string, kind: 'text' | 'integer' | 'number' | 'switch']

/**
 * A request put together from `--file` (a JSON document, `-` for standard input) and single flags, which win.
 *
 * @param base  what it starts from
 * @throws UsageError naming the flag or the field
 */
export function readRequest<T extends z.ZodType>(
  context: Context,
  schema: T,
  flags: readonly RequestFlag[],
  base: object = {},
): z.infer<T> {
  const result = schema.safeParse({ ...base, ...fromFile(context), ...fromFlags(context, flags) })
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const flag = flags.find(([, field]) => field === issue?.path[0])?.[0]
  throw new UsageError(`${flag === undefined ? (issue?.path.join('.') ?? '') : `--${flag}`}: ${issue?.message ?? 'is not valid'}`)
}

function fromFile(context: Context): object {
  const file = optionalText(context, 'file')
  if (file === undefined) return {}
  const text = read(file)
  const refuse = () => new UsageError('--file must hold one JSON object')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse()
    return value
  } catch {
    throw refuse()
  }
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch {
    throw new UsageError(`cannot read ${file === '-' ? 'standard input' : file}`)
  }
}

function fromFlags(context: Context, flags: readonly RequestFlag[]): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [flag, field, kind] of flags) {
    const text = optionalText(context, flag)
    if (text !== undefined) values[field] = asKind(flag, text, kind)
  }
  return values
}

function asKind(flag: string, text: string, kind: RequestFlag[2]): string | number | boolean {
  if (kind === 'text') return text
  if (kind === 'switch') {
    if (text !== 'true' && text !== 'false') throw new UsageError(`--${flag} must be true or false`)
    return text === 'true'
  }
  const pattern = kind === 'integer' ? /^-?\d{1,15}$/ : /^-?\d{1,15}(?:\.\d{1,6})?$/
  if (!pattern.test(text)) throw new UsageError(`--${flag} must be a ${kind === 'integer' ? 'whole number' : 'number'}`)
  return Number(text)
}
