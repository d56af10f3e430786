/** Stripe knows one name; reports show two. The first word is the first name, the rest the last. */
export function splitName(name: string | undefined): { first: string | undefined; last: string | undefined } {
  const [first, ...rest] = (name ?? '').trim().split(/\s+/)
  return { first: first === '' ? undefined : first, last: rest.length === 0 ? undefined : rest.join(' ') }
}
