import { DomainError } from './error.ts'

/** Letters, digits and dashes, as DNS and a cookie's Domain attribute have them (RFC 1123 2.1). */
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const MAX_LENGTH = 253

/** The same rule for those who read a description of the interface; `domainProblem` decides. */
export const domainPattern = `^\\s*\\.?${LABEL}(?:\\.${LABEL})*\\s*$`
const NAME = new RegExp(domainPattern)

/** A cookie domain as it is stored: trimmed, lower-case, leading dot kept. `undefined` for blank text. */
export function normaliseDomain(domain: string | undefined): string | undefined {
  const stored = domain?.trim().toLowerCase()
  return stored === '' ? undefined : stored
}

/**
 * Why a text cannot be the domain that a license is bound to, or `undefined` when it can. A verifier compares it with a host name, so whatever no
 * host is called (an address with a scheme or port, a wildcard, a name that ends with a dot or has other letters than DNS) would never fit.
 *
 * @returns the end of a sentence: `must be a domain name: …`
 */
export function domainProblem(domain: string): string | undefined {
  const name = (normaliseDomain(domain) ?? '').replace(/^\./, '')
  const why = problemOf(name)
  return why === undefined ? undefined : `must be a domain name${why === '' ? '' : `: ${why}`}`
}

/**
 * A domain as it is stored, once it is one.
 *
 * @throws DomainError `invalid_payload`
 */
export function storedDomain(domain: string | undefined): string | undefined {
  const stored = normaliseDomain(domain)
  const problem = stored === undefined ? undefined : domainProblem(stored)
  if (problem !== undefined) throw new DomainError('invalid_payload', `invalid payload: domain ${problem}`, { field: 'domain' })
  return stored
}

function problemOf(name: string): string | undefined {
  if (name === '') return ''
  if (/:\/\/|[/?#@]/.test(name)) return 'the host alone, without scheme, path or user'
  if (/:\d*$/.test(name)) return 'without a port'
  if (name.includes('*')) return 'a wildcard is not matched; a license is bound to one domain'
  if (name.endsWith('.')) return 'without a dot at the end'
  // Letters of other scripts look alike and have several spellings; DNS and browsers use the xn-- form.
  if (/[^\x20-\x7e]/.test(name)) return 'letters outside a-z in their xn-- form'
  if (name.length > MAX_LENGTH) return `at most ${MAX_LENGTH} characters`
  return NAME.test(name) && !name.startsWith('.')
    ? undefined
    : 'labels of letters, digits and inner dashes, separated by single dots'
}
