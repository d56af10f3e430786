/** Both characters that are printed as µ are in use; Go takes either. */
const UNIT_MS = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['\u00b5s', 1e-3],
  ['\u03bcs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])
const PART = String.raw`(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)`
const WHOLE = new RegExp(`^(?:${PART})+$`)

/**
 * A duration in Go's notation: `5m`, `1h30m`, `1.5s`, `0`. Negative ones have no use here. Read by us, because the packages for durations take
 * other words (`5 minutes`, `1d`), which a file for the Go service must not contain.
 *
 * @returns milliseconds, or `undefined` when the text is no duration; a number without a unit is none
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (text.length > 64 || !WHOLE.test(text)) return undefined
  let total = 0
  for (const [, amount, unit = ''] of text.matchAll(new RegExp(PART, 'g')))
    total += Number(amount) * (UNIT_MS.get(unit) ?? Number.NaN)
  return Math.round(total)
}
