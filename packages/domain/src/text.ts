import { z } from 'zod'

export interface TextOptions {
  /** Least number of characters after trimming; 1 by default, so blank text is refused. */
  readonly min?: number
  /** Greatest number of UTF-16 units, never less than what MySQL counts. */
  readonly max: number
  /** Allows line breaks and tabs, for descriptions. */
  readonly multiline?: boolean
}

/**
 * Text from outside: well-formed Unicode of a bounded length without NUL and control characters. Everything else (right-to-left marks,
 * emoji, unnormalised letters) is kept unchanged.
 */
export function text({ min = 1, max, multiline = false }: TextOptions): z.ZodString {
  const control = multiline ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u
  return z
    .string()
    .min(min)
    .max(max)
    .refine((value) => value.isWellFormed() && !control.test(value), 'must not contain control characters')
    .refine((value) => min === 0 || value.trim().length >= min, 'must not be blank')
}
