/** Expiry of a license that never expires: the last second a four-digit year can name. */
export const PERPETUAL_EXPIRY = new Date('9999-12-31T23:59:59.000Z')

/** RFC 3339 in UTC, without a fraction when the instant is a whole second: `2026-01-01T00:00:00Z`. */
export function rfc3339(instant: Date): string {
  return instant.toISOString().replace('.000Z', 'Z')
}

export function addDays(instant: Date, days: number): Date {
  return new Date(instant.getTime() + days * 86_400_000)
}

/** Calendar years in UTC; 29 February becomes 28 February in a common year rather than 1 March. */
export function addYears(instant: Date, years: number): Date {
  const moved = new Date(instant)
  moved.setUTCFullYear(instant.getUTCFullYear() + years)
  if (moved.getUTCMonth() !== instant.getUTCMonth()) moved.setUTCDate(0)
  return moved
}
