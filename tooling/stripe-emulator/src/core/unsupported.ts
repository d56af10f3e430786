import { invalidRequest } from './stripe-error.ts'

/**
 * Refuses parameters that Stripe knows and this emulator does not act on. Ignoring them without a word would let a test pass
 * against behaviour that does not exist.
 */
export function refuseUnsupported(params: object, supported: readonly string[], path?: string): void {
  const name = Object.keys(params).find((key) => !supported.includes(key))
  if (name === undefined) return
  const param = path === undefined ? name : `${path}[${name}]`
  throw invalidRequest(`The emulator does not implement the parameter: ${param}`, param, 'emulator_unsupported')
}
