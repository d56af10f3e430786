import type { SubscriptionItem } from '../core/wire.ts'

/** Moves an item to the period that follows its present one, or to one that begins at `start` (Unix seconds). */
export function beginNextPeriod(item: SubscriptionItem, start: number = item.current_period_end): void {
  const { interval = 'month', interval_count: count = 1 } = item.price.recurring ?? {}
  item.current_period_start = start
  item.current_period_end = addInterval(start, interval, count)
}

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
