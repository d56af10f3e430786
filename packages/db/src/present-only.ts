/** A row's NULL columns left out: in our types an unset value is an absent key, never `null` and never 0. */
export function presentOnly(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
}
