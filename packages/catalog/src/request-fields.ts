import { text } from '@licenseoperator/domain'
import { z } from 'zod'
import { isCurrency } from './currency.ts'

// Fields that product and coupon requests share.

export const MAX_COUNT = 2_147_483_647
export const MAX_SEATS = 1_000_000
export const MAX_AMOUNT_MINOR = 99_999_999

/** A limit whose 0 means "no limit", as dashboards may send it. */
export function limit(max: number) {
  return z
    .int()
    .min(0)
    .max(max)
    .transform((value) => (value === 0 ? undefined : value))
    .optional()
}

/** Text that is compared lower-case. Lower-casing can lengthen it. */
export function lowerCased(max: number) {
  return text({ max })
    .transform((value) => value.trim().toLowerCase())
    .refine((value) => value.length <= max, `must have at most ${max} characters in lower-case form`)
}

export const Currency = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .pipe(
    z
      .string()
      .regex(/^[a-z]{3}$/, 'must be a three-letter currency code')
      .refine(isCurrency, 'must be a currency that Stripe charges in'),
  )

/** Within Stripe's limits, so that it can travel there. */
export const Metadata = z
  .record(
    z
      .string()
      .min(1, 'must not have empty keys')
      .max(40)
      .regex(/^[^[\]]*$/, 'must not have brackets in its keys'),
    text({ min: 0, max: 500, multiline: true }),
  )
  .refine((entries) => Object.keys(entries).length <= 50, 'must have at most 50 entries')
  .meta({ examples: [{ tier: 'gold' }] })

/** One of some words, whatever their case. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z
    .string()
    .transform((value) => value.trim().toLowerCase())
    .pipe(z.enum(words))
    .meta({ enum: [...words] })
}

/** The id of an object at Stripe, which becomes a part of a path there. Empty text is none: forms and templates leave it where nothing was filled in. */
export const StripeId = z
  .string()
  .trim()
  .regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254})?$/, 'must be a Stripe id')
  .transform((id) => (id === '' ? undefined : id))
  .optional()
