import { z } from 'zod'

/** An expandable field: the id, or the object that carries it. Webhooks send ids, expanded answers objects. */
export const Expandable = z
  .union([z.string(), z.looseObject({ id: z.string() })])
  .nullish()
  .transform((value) => (typeof value === 'string' ? value : value?.id))

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
