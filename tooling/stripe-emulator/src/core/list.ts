import { invalidRequest, noSuchParameter } from './stripe-error.ts'
import type { JsonObject } from './wire.ts'

export interface PageParameters {
  limit?: number
  starting_after?: string
  ending_before?: string
}

export interface ListPage<T> {
  object: 'list'
  url: string
  has_more: boolean
  data: T[]
}

/** One page of `items` (newest first). Within an `ending_before` page the order is still newest first. */
export function listPage<T extends { id: string }>(items: readonly T[], page: PageParameters, url: string): ListPage<T> {
  const limit = page.limit ?? 10
  if (limit < 1 || limit > 100) {
    throw invalidRequest(
      limit < 1 ? 'This value must be greater than or equal to 1.' : 'This value must be less than or equal to 100.',
      'limit',
    )
  }
  if (page.starting_after !== undefined && page.ending_before !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: ending_before, starting_after.', 'starting_after')
  }
  if (page.ending_before !== undefined) {
    const end = indexOf(items, page.ending_before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', url, has_more: start > 0, data: items.slice(start, end) }
  }
  const start = page.starting_after === undefined ? 0 : indexOf(items, page.starting_after, 'starting_after') + 1
  return { object: 'list', url, has_more: start + limit < items.length, data: items.slice(start, start + limit) }
}

function indexOf(items: readonly { id: string }[], id: string, param: string): number {
  const index = items.findIndex((item) => item.id === id)
  if (index === -1) throw noSuchParameter('object', id, param)
  return index
}

/** A list that is a field of an object: its first ten entries, as Stripe embeds them. */
export function embeddedList<T>(items: readonly T[], url: string, shown = 10): ListPage<T> {
  return { object: 'list', url, has_more: items.length > shown, data: items.slice(0, shown) }
}

/** Whether `created` lies in the range `created` or `created[gte]` etc. ask for. */
export function inRange(
  value: number,
  range: number | { gt?: number; gte?: number; lt?: number; lte?: number } | undefined,
): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return value === range
  return (
    (range.gt === undefined || value > range.gt) &&
    (range.gte === undefined || value >= range.gte) &&
    (range.lt === undefined || value < range.lt) &&
    (range.lte === undefined || value <= range.lte)
  )
}

export function isList(value: unknown): value is ListPage<JsonObject> {
  return typeof value === 'object' && value !== null && 'object' in value && value.object === 'list'
}
