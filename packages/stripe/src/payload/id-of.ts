import { shown } from '@licenseoperator/domain'
import { z } from 'zod'

/** Stripe's name for an object. It decides what is what, so one that our columns cannot hold is an unknown shape. */
export const StripeId = z
  .string()
  .max(255)
  .regex(/^[\x21-\x7e]+$/)

/** An expandable field: the id, or the object that carries it. Webhooks send ids, expanded answers objects. */
export const Expandable = z
  .union([StripeId, z.looseObject({ id: StripeId })])
  .nullish()
  .transform((value) => (typeof value === 'string' ? value : value?.id))

/** The id of what an answer of the SDK names or carries. */
export function idOf(value: string | { readonly id: string }): string
export function idOf(value: string | { readonly id: string } | null | undefined): string | undefined
export function idOf(value: string | { readonly id: string } | null | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.id
}

/** An address that a license names and is not found by; Stripe allows 512 characters. */
export const EmailAddress = z
  .string()
  .nullish()
  .transform((email) => (email === undefined || email === null || email.trim() === '' ? undefined : shown(email.trim(), 512)))

/** Metadata as Stripe keeps it: text to text. */
export const Metadata = z
  .record(z.string(), z.string())
  .nullish()
  .transform((metadata) => metadata ?? {})

export const Address = z
  .looseObject({
    line1: z.string().nullish(),
    line2: z.string().nullish(),
    city: z.string().nullish(),
    state: z.string().nullish(),
    postal_code: z.string().nullish(),
    country: z.string().nullish(),
  })
  .nullish()
  .transform((address) => {
    const parts = {
      line1: address?.line1 ?? undefined,
      line2: address?.line2 ?? undefined,
      city: address?.city ?? undefined,
      state: address?.state ?? undefined,
      postalCode: address?.postal_code ?? undefined,
      country: address?.country ?? undefined,
    }
    const known = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined && part !== ''))
    return Object.keys(known).length === 0 ? undefined : (known satisfies Partial<typeof parts>)
  })
