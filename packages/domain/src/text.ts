import { z } from 'zod'
import { DomainError } from './error.ts'

export interface TextOptions {
  /** Least number of characters after trimming; 1 by default, so blank text is refused. */
  readonly min?: number
  /** Greatest number of characters. A schema counts UTF-16 units, never less than what MySQL counts. */
  readonly max: number
  /** Allows line breaks and tabs, for descriptions. */
  readonly multiline?: boolean
}

/**
 * Text from outside: well-formed Unicode of a bounded length without NUL and control characters. Everything else (right-to-left marks,
 * emoji, unnormalised letters) is kept unchanged.
 */
export function text({ min = 1, max, multiline = false }: TextOptions): z.ZodString {
  return z
    .string()
    .min(min)
    .max(max)
    .refine((value) => isPlain(value, multiline), CONTROL)
    .refine((value) => min === 0 || value.trim().length >= min, 'must not be blank')
}

/**
 * Why text that decides who or what something is cannot be taken; `undefined` when it can. Every edge asks here, directly or through `text`: bodies, paths,
 * claims, flags and metadata.
 */
export function refusalOf(value: string, { min = 1, max, multiline = false }: TextOptions): string | undefined {
  if (!isPlain(value, multiline)) return CONTROL
  if (min > 0 && value.trim().length < min) return 'must not be blank'
  return characters(value) > max ? `must have at most ${max} characters` : undefined
}

/** @throws DomainError `invalid_payload` naming the field; never the value */
export function assertText(field: string, value: string, options: TextOptions): void {
  const refusal = refusalOf(value, options)
  if (refusal !== undefined) throw new DomainError('invalid_payload', `invalid payload: ${field} ${refusal}`, { field })
}

/** Characters as MySQL and Stripe count them: code points. */
export function characters(value: string): number {
  let count = 0
  for (const _ of value) count += 1
  return count
}

/**
 * Text that is only shown, made to fit: control characters become blanks, halves of characters U+FFFD, and what is beyond `max` characters is cut off.
 * Never for what decides who or what something is.
 */
export function shown(value: string, max: number): string {
  return cut(value.toWellFormed().replaceAll(/\p{Cc}+/gu, ' '), max)
}

/** The first `max` characters; never half of one. */
export function cut(value: string, max: number): string {
  if (value.length <= max) return value
  return Array.from(value.slice(0, 2 * max))
    .slice(0, max)
    .join('')
}

const CONTROL = 'must not contain control characters'

function isPlain(value: string, multiline: boolean): boolean {
  return value.isWellFormed() && !(multiline ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u).test(value)
}
