import { invalidRequest } from './stripe-error.ts'

/**
 * Refuses parameters that Stripe knows and this emulator does not act on. Ignoring them without a word would let a test pass
 * against behaviour that does not exist.
 */
export function refuseUnsupported(params: object, supported: readonly string[]): void {
  const name = Object.keys(params).find((key) => !supported.includes(key))
  if (name !== undefined) throw invalidRequest(`The emulator does not implement the parameter: ${name}`, name, 'emulator_unsupported')
}
