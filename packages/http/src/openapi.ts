import { errorCodes } from '@licenseoperator/domain'
import { z } from 'zod'

/** Body of every refusal (contract section 5). */
export const ErrorBody = z
  .object({
    error: z.string().meta({ description: 'Sentence for people' }),
    code: z.enum(errorCodes),
    field: z.string().optional().meta({ description: 'JSON path or query parameter at fault' }),
    requestId: z.string(),
  })
  .meta({ id: 'Error' })
export type ErrorBody = z.infer<typeof ErrorBody>

const titles = {
  400: 'The request is not valid',
  401: 'No valid token',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflicts with the present state',
  413: 'Body too large',
  415: 'Body is not JSON',
  429: 'Too many requests',
  500: 'Unexpected failure',
  503: 'A dependency is down; try again after `Retry-After` seconds',
} as const
type RefusalStatus = keyof typeof titles
type Refusals<S extends RefusalStatus> = {
  [Status in S]: { description: string; content: { 'application/json': { schema: typeof ErrorBody } } }
}

/** The `responses` of a route for these statuses. */
export function refusals<const S extends RefusalStatus>(...statuses: S[]): Refusals<S> {
  const entries = statuses.map((status) => [
    status,
    { description: titles[status], content: { 'application/json': { schema: ErrorBody } } },
  ])
  return Object.fromEntries(entries)
}

/** A route's request body. `required`, because zod-openapi skips the schema of an optional body that comes without a content type. */
export function jsonBody<T extends z.ZodType>(schema: T): { required: true; content: { 'application/json': { schema: T } } } {
  return { required: true, content: { 'application/json': { schema } } }
}
