import { GroupName as AnyGroupName, domainPattern, domainProblem, text } from '@licenseoperator/domain'
import { z } from 'zod'
import { exampleLicense } from './example-license.ts'

/** A cookie domain as it is sent; the use case normalises it. */
export const CookieDomain = text({ max: 253 })
  .superRefine((value, context) => {
    const problem = domainProblem(value)
    if (problem !== undefined) context.addIssue(problem)
  })
  .meta({ description: 'Cookie domain, leading dot allowed', pattern: domainPattern, examples: ['.acme.example'] })

export const GroupName = AnyGroupName.meta({ description: 'Group, matched without regard to case', examples: ['acme'] })

export const EmailAddress = z
  .email('is not a valid e-mail address')
  .max(254)
  .meta({ examples: ['owner@acme.example'] })

export const ProductKey = text({ max: 128 }).meta({ description: 'Product key, compared lower-case', examples: ['core'] })

/** RFC 3339 with a zone. Four-digit years only, which every reader of a license understands. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2027-01-01T00:00:00Z' })
  .meta({ examples: ['2027-01-01T00:00:00Z'] })

/** How an instant is answered. */
export const InstantOut = z.string().meta({ format: 'date-time', examples: ['2026-03-01T09:30:00Z'] })

/** A license text as it is answered: PEM armour around payload and signature. */
export const LicenseText = z.string().meta({
  description: 'PEM-armoured license, label LICENSE; never JSON',
  examples: [exampleLicense.text],
})
