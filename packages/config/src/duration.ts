const UNIT_MS = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g

/**
 * A duration in Go's notation: `5m`, `1h30m`, `1.5s`, `0`.
 *
 * @returns milliseconds, or `undefined` when the text is no duration; a number without a unit is none
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (text.length > 64 || !DURATION.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(PART))
    total += Number(amount) * (UNIT_MS[unit as keyof typeof UNIT_MS] ?? Number.NaN)
  return Math.round(total)
}
