import type { BundledPart } from '@licenseoperator/catalog-admin'
import { z } from 'zod'
import { LONGEST_METADATA_VALUE } from './coupon-metadata.ts'

/** A long composition goes on in further values; as many as leave room for what a coupon may bring of Stripe's 50 keys. */
const further = ['bundle_parts_2', 'bundle_parts_3', 'bundle_parts_4', 'bundle_parts_5', 'bundle_parts_6'] as const
const keys = ['bundle_parts', ...further] as const

const partTerms = [z.string().min(1), z.int().min(1), z.int().min(1).nullable()] as const

/** A bundle's components as they were bought: product key, quantity, seats of each; then slug and plan, which older purchases and long bundles lack. */
const BundleParts = z.array(z.union([z.tuple([...partTerms, z.string().min(1), z.string().min(1)]), z.tuple([...partTerms])]))
export type BoughtPart = z.infer<typeof BundleParts>[number]

const value = z.string().optional()
/** The values of metadata that say what a bundle consists of. */
export const BundlePartsValues = {
  bundle_parts: value,
  bundle_parts_2: value,
  bundle_parts_3: value,
  bundle_parts_4: value,
  bundle_parts_5: value,
  bundle_parts_6: value,
}
type Values = { readonly [key in keyof typeof BundlePartsValues]?: string | undefined }

/** @returns the parts, undefined where metadata says nothing of them; and what else the metadata holds */
export function readBundleParts<T extends Values>(metadata: T) {
  const { bundle_parts, bundle_parts_2, bundle_parts_3, bundle_parts_4, bundle_parts_5, bundle_parts_6, ...rest } = metadata
  if (bundle_parts === undefined) return { ...rest, parts: undefined }
  const text = [bundle_parts, bundle_parts_2, bundle_parts_3, bundle_parts_4, bundle_parts_5, bundle_parts_6].join('')
  return { ...rest, parts: BundleParts.safeParse(parsedJson(text)) }
}

/**
 * Which product and plan each part is, where that fits; else only what was bought of which key. A composition that is too long even so is not written:
 * such a bundle is issued as it is by then. What is cut in pieces is one text, so that with a piece missing it is unreadable, and never a smaller bundle.
 */
export function writeBundleParts(parts: readonly BundledPart[]): Record<string, string> {
  if (parts.length === 0) return {}
  const terms = ({ productKey, quantity, managedProducts }: BundledPart) => [productKey, quantity, managedProducts ?? null]
  const forms = [parts.map((part) => [...terms(part), part.productSlug, part.plan]), parts.map(terms)]
  const pieces = forms.map((form) => cut(JSON.stringify(form))).find(({ length }) => length <= keys.length) ?? []
  return Object.fromEntries(keys.flatMap((key, index) => (pieces[index] === undefined ? [] : [[key, pieces[index]]])))
}

/** By characters, as Stripe counts. */
function cut(text: string): string[] {
  const characters = [...text]
  return Array.from({ length: Math.ceil(characters.length / LONGEST_METADATA_VALUE) }, (_, index) =>
    characters.slice(index * LONGEST_METADATA_VALUE, (index + 1) * LONGEST_METADATA_VALUE).join(''),
  )
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
