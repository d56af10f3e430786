/** The instant `count` intervals after `from` (both Unix seconds, UTC). A month keeps the day, or ends on its last one. */
export function addInterval(from: number, interval: string, count: number): number {
  if (interval === 'day') return from + count * 24 * 60 * 60
  if (interval === 'week') return from + count * 7 * 24 * 60 * 60
  const months = interval === 'year' ? 12 * count : count
  const start = new Date(from * 1000)
  const target = new Date(start)
  target.setUTCDate(1)
  target.setUTCMonth(target.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate()
  target.setUTCDate(Math.min(start.getUTCDate(), lastDay))
  return Math.floor(target.getTime() / 1000)
}
