import type { payments } from '@licenseoperator/db'
import { addDays, DomainError } from '@licenseoperator/domain'
import { z } from 'zod'
import { firstValue } from './first-value.ts'

const text = (description: string) => z.preprocess(firstValue, z.string().max(1000)).optional().meta({ description })

/** Read as text, because a wrong value has this route's own error text. */
export const PaymentFilterQuery = z.object({
  from: text('Inclusive; RFC 3339, or YYYY-MM-DD for 00:00:00 UTC'),
  to: text('Inclusive; RFC 3339, or YYYY-MM-DD for that whole UTC day'),
  productId: text('Stripe product id, exact'),
  organizationName: text('Group, in whatever case'),
  name: text("Part of the customer's first name, last name or both"),
})

export const PaymentPageQuery = PaymentFilterQuery.extend({
  page: text('From 1; default 1'),
  pageSize: text('Default 50; more than 500 is clamped to 500'),
})

const DEFAULT_PAGE_SIZE = 50
const MAX_PAGE_SIZE = 500
/** MySQL's OFFSET is bounded, and pages here are up to 500 long; pages beyond it are empty like any page past the end. */
const MAX_PAGE = 4_200_000
const MAX_TEXT = 255

/** @throws DomainError `invalid_filter` naming the parameter */
export function paymentFilterOf(query: z.infer<typeof PaymentFilterQuery>): payments.PaymentFilter {
  const from = query.from === undefined ? undefined : instant('from', query.from, 0)
  const to = query.to === undefined ? undefined : instant('to', query.to, 1)
  if (from !== undefined && to !== undefined && from > to) throw invalid('from', 'must not be after to')
  return {
    from,
    to,
    stripeProductId: words('productId', query.productId),
    group: words('organizationName', query.organizationName),
    name: words('name', query.name)?.replaceAll(/\s+/g, ' '),
  }
}

/** @throws DomainError `invalid_filter` naming the parameter */
export function paymentPageOf(query: z.infer<typeof PaymentPageQuery>): { page: number; pageSize: number } {
  return {
    page: Math.min(whole('page', query.page, 1), MAX_PAGE),
    pageSize: Math.min(whole('pageSize', query.pageSize, DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE),
  }
}

const Day = z.iso.date()
const Moment = z.iso.datetime({ offset: true })
const EARLIEST = new Date('0000-01-01T00:00:00Z')
const LATEST = new Date('9999-12-31T23:59:59.999Z')

/** @param wholeDays  1 takes a date to its last millisecond */
function instant(field: string, value: string, wholeDays: 0 | 1): Date {
  const trimmed = value.trim()
  if (Day.safeParse(trimmed).success) {
    const midnight = addDays(new Date(`${trimmed}T00:00:00Z`), wholeDays)
    return new Date(midnight.getTime() - wholeDays)
  }
  // An offset can carry the first or the last day out of the years that MySQL reads as a date.
  if (Moment.safeParse(trimmed).success) return within(new Date(trimmed), EARLIEST, LATEST)
  throw invalid(field, 'must be a date such as 2026-03-01 or an instant such as 2026-03-01T00:00:00Z')
}

function within(date: Date, earliest: Date, latest: Date): Date {
  if (date < earliest) return earliest
  return date > latest ? latest : date
}

/** Empty means no filter, as a form sends it. */
function words(field: string, value: string | undefined): string | undefined {
  const trimmed = value?.trim() ?? ''
  if (trimmed.length > MAX_TEXT) throw invalid(field, `must have at most ${MAX_TEXT} characters`)
  if (!trimmed.isWellFormed() || /\p{Cc}/u.test(trimmed)) throw invalid(field, 'must not contain control characters')
  return trimmed === '' ? undefined : trimmed
}

function whole(field: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback
  const number = /^\d+$/.test(value) ? Number(value) : 0
  if (number < 1) throw invalid(field, 'must be a whole number of 1 or more')
  return number
}

function invalid(field: string, reason: string): DomainError {
  return new DomainError('invalid_filter', `invalid filter: ${field} ${reason}`, { field })
}
