import { lengthOf } from './limits.ts'
import { invalidRequest } from './stripe-error.ts'

type MetadataParameter = '' | null | { [key: string]: string | number | null } | undefined

/**
 * Stripe's merge: given keys replace, an empty value removes one key, an empty `metadata` removes all.
 * At most 50 keys, names of 40 characters without brackets, values of 500.
 */
export function mergeMetadata(current: Record<string, string>, change: MetadataParameter): Record<string, string> {
  if (change === undefined) return current
  if (change === '' || change === null) return {}
  const merged = { ...current }
  for (const [key, value] of Object.entries(change)) {
    if (lengthOf(key) > 40) throw invalidRequest(`Metadata keys can have up to 40 characters. Received: ${key}`, 'metadata')
    if (/[[\]]/.test(key)) throw invalidRequest('Metadata keys may not contain square brackets.', 'metadata')
    const text = value === null ? '' : String(value)
    if (lengthOf(text) > 500) {
      throw invalidRequest(
        `Metadata values can have up to 500 characters, but you passed in a value that is ${lengthOf(text)} characters.`,
        `metadata[${key}]`,
      )
    }
    if (text === '') delete merged[key]
    else merged[key] = text
  }
  if (Object.keys(merged).length > 50) throw invalidRequest('You can only have up to 50 metadata keys.', 'metadata')
  return merged
}
