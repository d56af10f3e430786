import { ProductRequest, type ReadProduct, readProduct } from '@licenseoperator/catalog'
import { z } from 'zod'
import { isMap } from './read-yaml.ts'

// Products of the file are judged by the catalog's own rules, as those that come over HTTP; here are only the names that the file has for the
// same fields.

/** A product of the file as the catalog stores it. */
type Good = Extract<ReadProduct, { problems?: undefined }>
export interface ConfigProduct {
  readonly product: Omit<Good['product'], 'configManaged'>
  readonly coupons: Good['coupons']
}

/** Names that are not just the other spelling. */
const IN_CATALOG: Readonly<Record<string, string>> = { stripe: 'stripePromotion' }
const IN_FILE: Readonly<Record<string, string>> = { stripePromotion: 'stripe' }

/** A product of the configuration file; the names that come out are those of the stored catalog. Amounts in minor units. */
export const ConfigProductSchema = namesOf(ProductRequest, ['configManaged']).transform((value, context): ConfigProduct => {
  const read = readProduct(inCatalogWords(value))
  if (read.problems === undefined) {
    const { configManaged: _always, ...product } = read.product
    return { product, coupons: read.coupons }
  }
  for (const { path, message } of read.problems)
    context.addIssue({ code: 'custom', path: inFileWords(path), message: message.replaceAll(CAMEL_CASE, snakeCased) })
  return z.NEVER
})

/** The keys that the file may use, however deep; values are the catalog's to judge. */
function namesOf(schema: z.ZodObject, except: readonly string[] = []) {
  const names = Object.entries(schema.shape).filter(([name]) => !except.includes(name))
  return z.object(Object.fromEntries(names.map(([name, part]) => [nameInFile(name), namesIn(part)])), 'must be a map')
}

function namesIn(schema: unknown): z.ZodType {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject) return namesOf(inner).optional()
  const element = inner instanceof z.ZodArray ? unwrapped(inner.element) : undefined
  return element instanceof z.ZodObject ? z.array(namesOf(element), 'must be a list').optional() : z.unknown().optional()
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrapped(schema.unwrap()) : schema
}

/** The same data under the catalog's names; keys of metadata are the user's own words. */
function inCatalogWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCatalogWords)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      IN_CATALOG[name] ?? name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
      name === 'metadata' ? part : inCatalogWords(part),
    ]),
  )
}

/** The place of a problem in the file. */
export function inFileWords(path: readonly (string | number)[]): (string | number)[] {
  const words = path.indexOf('metadata')
  return path.flatMap((part, index): (string | number)[] => {
    if (typeof part === 'number') return [part]
    if (words < 0 || index <= words) return [nameInFile(part)]
    // `{api_key:sk_…}` without a space is one long key: what does not look like a name may be a secret.
    return /^[a-z][a-zA-Z0-9_]{0,39}$/.test(part) ? [part] : []
  })
}

const CAMEL_CASE = /\b[a-z]+(?:[A-Z][a-z]+)+\b/g

function nameInFile(name: string): string {
  return IN_FILE[name] ?? snakeCased(name)
}

function snakeCased(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
