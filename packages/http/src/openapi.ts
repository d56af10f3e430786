import { errorCodes } from '@licenseoperator/domain'
import { z } from 'zod'
import { statusOf } from './status-of.ts'

/** Body of every refusal (contract section 5). */
export const ErrorBody = z
  .object({
    error: z.string().meta({ description: 'Sentence for people' }),
    code: z.enum(errorCodes).meta({ description: 'Stable word for programs; the list is closed' }),
    field: z.string().optional().meta({ description: 'JSON path or query parameter at fault' }),
    requestId: z.string().meta({ description: 'Names the request in our log' }),
  })
  .meta({
    id: 'Error',
    examples: [
      {
        error: 'invalid payload: unitAmount must be an integer of 0 or more',
        code: 'invalid_payload',
        field: 'unitAmount',
        requestId: '0f6e3c1c-7a55-4c0e-9b5b-6c1f0d2a9e11',
      },
    ],
  })
export type ErrorBody = z.infer<typeof ErrorBody>

/** Names of the two ways to present a token, as the description of an API declares them. */
export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Also taken without the word `Bearer`' },
  session: { type: 'apiKey', in: 'cookie', name: 'loopToken', description: 'The same token, as a logged-in dashboard sends it' },
} as const

/** `security` of a route that needs a token, in the header or in the cookie. */
export const signedIn: Record<string, string[]>[] = [{ bearer: [] }, { session: [] }]

const titles = {
  400: 'The request is not valid',
  401: 'No valid token',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflicts with the present state',
  413: 'Body too large',
  415: 'Body is not JSON',
  429: 'Too many requests; try again after `Retry-After` seconds',
  500: 'Unexpected failure',
  503: 'A dependency is down; try again after `Retry-After` seconds',
} as const
type RefusalStatus = keyof typeof titles
type Refusals<S extends RefusalStatus> = {
  [Status in S]: { description: string; content: { 'application/json': { schema: typeof ErrorBody } } }
}

/** Whoever is told that a token is not valid may be told to wait before the next try. */
type WithWait<S extends RefusalStatus> = S | (401 extends S ? 429 : never)

/** The `responses` of a route for these statuses; 401 brings 429 with it. */
export function refusals<const S extends RefusalStatus>(...statuses: S[]): Refusals<WithWait<S>> {
  const all = new Set<RefusalStatus>(statuses)
  if (all.has(401)) all.add(429)
  const entries = [...all].map((status) => [
    status,
    { description: descriptionOf(status), content: { 'application/json': { schema: ErrorBody } } },
  ])
  return Object.fromEntries(entries)
}

/** What a status means, and the codes that come with it. */
function descriptionOf(status: RefusalStatus): string {
  const codes = Object.entries(statusOf).filter(([, mapped]) => mapped === status)
  return `${titles[status]}: ${codes.map(([code]) => `\`${code}\``).join(', ')}`
}

/** A route's request body. `required`, because zod-openapi skips the schema of an optional body that comes without a content type. */
export function jsonBody<T extends z.ZodType>(schema: T): { required: true; content: { 'application/json': { schema: T } } } {
  return { required: true, content: { 'application/json': { schema } } }
}
