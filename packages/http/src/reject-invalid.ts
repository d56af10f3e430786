import { DomainError, type ErrorCode } from '@licenseoperator/domain'
import type { Context, MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import type { HttpEnv } from './http-env.ts'

type Validation = { success: true } | { success: false; error: z.ZodError }
type Issue = z.core.$ZodIssue

/**
 * Names the texts of a route (contract section 5): `failed` for an unexpected 500, `invalid` in front of a 400's reason.
 *
 * @example createRoute({ middleware: [failAs('failed to load product', 'invalid request')], … })
 */
export function failAs(failed: string, invalid?: string): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    c.set('failText', failed)
    if (invalid !== undefined) c.set('invalidText', invalid)
    await next()
  }
}

/**
 * Hook for zod validation, for an app (`defaultHook`) or one route: a failure becomes 400 `{text}: {field} {reason}` with `code` and `field`.
 *
 * @param text  defaults to the route's `failAs` text, then `invalid payload`
 * @throws DomainError with the given code for the first issue; values never appear in it
 */
export function rejectInvalid(text?: string, code: ErrorCode = 'invalid_payload'): (result: Validation, c: Context) => undefined {
  return (result, c: Context<HttpEnv>) => {
    if (result.success) return undefined
    throw invalidInput(text ?? c.get('invalidText') ?? 'invalid payload', result.error, code)
  }
}

/** The refusal for a failed zod parse, for those who parse outside a hook. */
function invalidInput(text: string, error: z.ZodError, code: ErrorCode = 'invalid_payload'): DomainError {
  const issue = innermost(error.issues[0])
  if (issue === undefined) return new DomainError(code, text)
  const field = fieldOf(issue.path)
  const reason = reasonOf(issue)
  return field === ''
    ? new DomainError(code, `${text}: ${reason}`)
    : new DomainError(code, `${text}: ${field} ${reason}`, { field })
}

/** A union reports one list of issues per member; the member that got furthest into the value says what is wrong. */
function innermost(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union') return issue
  const deepest = issue.errors
    .map((issues) => issues[0])
    .filter((inner) => inner !== undefined && inner.path.length > 0)
    .toSorted((a, b) => (b?.path.length ?? 0) - (a?.path.length ?? 0))[0]
  return deepest === undefined ? issue : innermost({ ...deepest, path: [...issue.path, ...deepest.path] })
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((before, key) => {
    if (typeof key === 'number') return `${before}[${key}]`
    return before === '' ? String(key) : `${before}.${String(key)}`
  }, '')
}

function reasonOf(issue: Issue): string {
  // zod's own messages start like this; anything else was written by the schema's author.
  if (!/^(?:Invalid|Too |Unrecognized)/.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'is required' : `must be ${article(issue.expected)}`
    case 'too_small':
      return `must ${bound(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `must ${bound(issue.origin)} ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'invalid_format':
      return issue.format === 'regex' ? 'has the wrong format' : `is not a valid ${issue.format}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    default:
      return 'is not valid'
  }
}

function article(type: string): string {
  const name = type === 'int' ? 'integer' : type
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`
}

const units: Record<string, string> = { string: ' character(s)', array: ' item(s)', set: ' item(s)', map: ' item(s)' }

function unit(origin: string): string {
  return units[origin] ?? ''
}

function bound(origin: string): string {
  return origin in units ? 'have' : 'be'
}
