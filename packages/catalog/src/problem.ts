import { DomainError } from '@licenseoperator/domain'

/** What is wrong with a product or a coupon, and where: names as in requests, indexes of lists. Never holds the value. */
export interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** @param path  `'pricingTiers', 0, 'factor'` */
export function problem(message: string, ...path: (string | number)[]): Problem {
  return { path, message }
}

/** The same problems inside something larger. */
export function below(place: readonly (string | number)[], problems: readonly Problem[]): Problem[] {
  return problems.map(({ path, message }) => ({ path: [...place, ...path], message }))
}

/** `['pricingTiers', 0, 'factor']` as people write it: `pricingTiers[0].factor`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('')
}

/** Refuses a request for the first of its problems. @throws DomainError `invalid_payload` naming the field */
export function refuseFirst(problems: readonly Problem[]): void {
  const [first] = problems
  if (first === undefined) return
  const field = pathText(first.path)
  throw new DomainError('invalid_payload', `invalid payload: ${field} ${first.message}`, { field })
}
