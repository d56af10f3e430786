import { domainProblem, refusalOf } from '@licenseoperator/domain'
import { z } from 'zod'
import type { Context } from './context.ts'
import { UsageError } from './usage-error.ts'

/**
 * Flags as they were typed. The parser behind our command library turns what looks like a number into one, and a group named `007` or `1e5` would
 * become another group.
 *
 * @param argv  arguments behind the command
 */
export function flagsOf(argv: readonly string[]): { flags: Map<string, string[]>; args: string[] } {
  const flags = new Map<string, string[]>()
  const args: string[] = []
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? ''
    if (word === '--') {
      args.push(...argv.slice(index + 1))
      break
    }
    if (!word.startsWith('--')) {
      args.push(word)
      continue
    }
    const equals = word.indexOf('=')
    const name = word.slice(2, equals < 0 ? undefined : equals)
    const next = argv[index + 1]
    let value = equals < 0 ? '' : word.slice(equals + 1)
    if (equals < 0 && next !== undefined && !next.startsWith('--') && !SWITCHES.has(name)) {
      value = next
      index += 1
    }
    flags.set(name, [...(flags.get(name) ?? []), value])
  }
  return { flags, args }
}

/**
 * The arguments as our command library understands them: it takes a value that begins with a dash (`--out -`) for another flag, unless it hangs on its own.
 *
 * @param argv  arguments behind the program's name
 */
export function bindDashes(argv: readonly string[]): string[] {
  const bound: string[] = []
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? ''
    const next = argv[index + 1]
    if (word === '--') return [...bound, ...argv.slice(index)]
    // Standard input in the place of a file, which the library would not count as an argument.
    if (word === '-') {
      bound.push('./-')
      continue
    }
    const takesNext = word.startsWith('--') && !word.includes('=') && !SWITCHES.has(word.slice(2))
    if (takesNext && next?.startsWith('-') === true && !next.startsWith('--')) {
      bound.push(`${word}=${next}`)
      index += 1
    } else bound.push(word)
  }
  return bound
}

/** Flags that take no value. */
const SWITCHES = new Set([
  'include-inactive',
  'include-internal',
  'json',
  'persist',
  'price-locked',
  'help',
  'version',
  'dry-run',
  'rotate',
  'finish-rotation',
  'force',
  'payload',
])

export function isSet(context: Context, name: string): boolean {
  return context.flags.has(name)
}

export function optionalText(context: Context, name: string): string | undefined {
  const values = context.flags.get(name)
  if (values === undefined) return undefined
  const value = values.at(-1)?.trim() ?? ''
  if (value === '') throw new UsageError(`--${name} needs a value`)
  return plain(name, value)
}

export function requiredText(context: Context, name: string): string {
  const value = optionalText(context, name)
  if (value === undefined) throw new UsageError(`--${name} is required`)
  return value
}

/** Every value of a flag that may be repeated; commas separate as well. */
export function texts(context: Context, name: string): string[] {
  return (context.flags.get(name) ?? [])
    .flatMap((value) => value.split(','))
    .map((value) => plain(name, value.trim()))
    .filter((value) => value !== '')
}

/** A flag's text decides who or what is meant, as a request's does. @throws UsageError naming the flag */
function plain(name: string, value: string): string {
  const refusal = refusalOf(value, { min: 0, max: Number.POSITIVE_INFINITY })
  if (refusal !== undefined) throw new UsageError(`--${name} ${refusal}`)
  return value
}

/** A flag's value as a schema reads it. @throws UsageError naming the flag */
export function parsed<T extends z.ZodType>(name: string, schema: T, value: string | undefined): z.infer<T> | undefined {
  if (value === undefined) return undefined
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new UsageError(`--${name} ${result.error.issues[0]?.message ?? 'is not valid'}`)
}

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`)

export const instant = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2027-01-01T00:00:00Z' })
  .transform((value) => new Date(value))

export const emailAddress = z.email('must be an e-mail address').max(254, 'must have at most 254 characters')

/** The domain that a license is bound to: what the API takes. */
export const domainName = z.string().superRefine((value, context) => {
  const problem = domainProblem(value)
  if (problem !== undefined) context.addIssue(problem)
})

export const pageFlags = [
  ['--page <number>', 'Page, from 1'],
  ['--page-size <count>', 'Entries of a page (default 20, at most 100)'],
] as const

/** @throws UsageError when a number is none */
export function pageOf(context: Context): { page: number; pageSize: number } {
  return {
    page: parsed('page', wholeNumber(1, 21_000_000), optionalText(context, 'page')) ?? 1,
    pageSize: parsed('page-size', wholeNumber(1, 100), optionalText(context, 'page-size')) ?? 20,
  }
}
