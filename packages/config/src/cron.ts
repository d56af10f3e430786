const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const

/** Whether the text is a cron expression of five fields: numbers, `*`, ranges, lists and steps; 0 and 7 are both Sunday. */
export function isCron(text: string): boolean {
  const fields = text.split(/\s+/)
  return (
    fields.length === RANGES.length &&
    RANGES.every((range, index) => fields[index]?.split(',').every((part) => isPart(part, range)))
  )
}

function isPart(part: string, [min, max]: readonly [number, number]): boolean {
  const match = /^(?:\*|(?<from>\d{1,2})(?:-(?<to>\d{1,2}))?)(?:\/(?<step>\d{1,2}))?$/.exec(part)
  if (match === null || Number(match.groups?.step ?? 1) === 0) return false
  const from = Number(match.groups?.from ?? min)
  const to = Number(match.groups?.to ?? from)
  return min <= from && from <= to && to <= max
}
