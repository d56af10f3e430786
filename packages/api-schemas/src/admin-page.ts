import { z } from 'zod'
import { firstValue } from './first-value.ts'

const DEFAULT_PAGE_SIZE = 20
const MAX_PAGE_SIZE = 100
/** MySQL's OFFSET is bounded, and pages here are up to 100 long; pages beyond it are empty like any page past the end. */
const MAX_PAGE = 21_000_000

const flag = z.preprocess(firstValue, z.string()).optional().meta({ description: '`true` or `1`; anything else counts as false' })

/** Read as text: admin lists answer a senseless page with the first one, never with 400. */
export const AdminPageQuery = z.object({
  includeInactive: flag,
  page: z.preprocess(firstValue, z.string()).optional().meta({ description: 'From 1; default 1' }),
  pageSize: z.preprocess(firstValue, z.string()).optional().meta({ description: 'Default 20; more than 100 is clamped to 100' }),
})

export const AdminProductsQuery = AdminPageQuery.extend({ includeInternal: flag })

export function adminPageOf(query: z.infer<typeof AdminPageQuery>): { page: number; pageSize: number } {
  return {
    page: Math.min(wholeOr(query.page, 1), MAX_PAGE),
    pageSize: Math.min(wholeOr(query.pageSize, DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE),
  }
}

export function isOn(value: string | undefined): boolean {
  return value === 'true' || value === '1'
}

function wholeOr(text: string | undefined, fallback: number): number {
  return text !== undefined && /^0*[1-9]\d{0,14}$/.test(text) ? Number(text) : fallback
}
