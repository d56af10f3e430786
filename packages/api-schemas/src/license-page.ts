import type { licenses } from '@licenseoperator/db'
import { DomainError, rfc3339 } from '@licenseoperator/domain'
import { licenseStatus } from '@licenseoperator/licensing'
import { z } from 'zod'
import { InstantOut } from './fields.ts'
import { firstValue } from './first-value.ts'

const example = {
  licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
  groupName: 'acme',
  productKey: 'core',
  plan: 'core',
  domain: '.acme.test',
  status: 'ACTIVE',
  priceLocked: false,
  createdAt: '2026-03-01T09:30:00Z',
  exp: '2027-03-01T09:30:00Z',
} as const

export const LicenseListItem = z
  .object({
    licenseId: z.string(),
    groupName: z.string(),
    productKey: z.string(),
    plan: z.string(),
    domain: z.string().optional(),
    status: z.enum(['ACTIVE', 'EXPIRED', 'REVOKED']),
    priceLocked: z.boolean(),
    createdAt: InstantOut,
    exp: InstantOut,
    revokedReason: z
      .string()
      .optional()
      .meta({ description: 'Why it is revoked: admin, dispute_lost, refunded, canceled or superseded; absent when it is not' }),
    supersededBy: z.string().optional().meta({ description: 'The license that a change of plan put in its place' }),
  })
  .meta({ id: 'LicenseListItem', examples: [example] })

export const LicensePage = z
  .object({ items: z.array(LicenseListItem), page: z.int(), pageSize: z.int(), total: z.int() })
  .meta({ id: 'LicensePage', examples: [{ items: [example], page: 1, pageSize: 20, total: 1 }] })

/** Read as text, because out-of-range pages have their own error text. */
export const LicensePageQuery = z.object({
  page: z.preprocess(firstValue, z.string()).optional().meta({ description: 'From 1; default 1' }),
  pageSize: z.preprocess(firstValue, z.string()).optional().meta({ description: 'Default 20; more than 100 is clamped to 100' }),
  plan: z.preprocess(firstValue, z.string().max(128)).optional(),
})

const DEFAULT_PAGE_SIZE = 20
const MAX_PAGE_SIZE = 100
/** MySQL's OFFSET is bounded, and pages here are up to 100 long; pages beyond it are empty like any page past the end. */
const MAX_PAGE = 21_000_000

export function pageOf(query: z.infer<typeof LicensePageQuery>): { page: number; pageSize: number } {
  const page = Math.min(whole(query.page, 1, 'page'), MAX_PAGE)
  return { page, pageSize: Math.min(whole(query.pageSize, DEFAULT_PAGE_SIZE, 'pageSize'), MAX_PAGE_SIZE) }
}

function whole(text: string | undefined, fallback: number, field: string): number {
  if (text === undefined) return fallback
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0
  if (value < 1)
    throw new DomainError('invalid_pagination', `invalid pagination: ${field} must be a whole number of 1 or more`, { field })
  return value
}

export function licenseListItem(license: licenses.StoredLicense, now: Date): z.infer<typeof LicenseListItem> {
  return {
    licenseId: license.licenseId,
    groupName: license.groupName,
    productKey: license.productKey,
    plan: license.plan,
    ...(license.domain === undefined ? {} : { domain: license.domain }),
    status: licenseStatus(license, now),
    priceLocked: license.priceLocked,
    createdAt: rfc3339(license.issuedAt),
    exp: rfc3339(license.expiresAt),
    ...(license.state.revokedReason === undefined ? {} : { revokedReason: license.state.revokedReason }),
    ...(license.state.supersededBy === undefined ? {} : { supersededBy: license.state.supersededBy }),
  }
}
