import { statusOf } from '@licenseoperator/http'
import type { OperationNote, RefusalExample } from './operation-note.ts'

const forbidden: Record<OperationNote['caller'], Readonly<Record<string, RefusalExample>>> = {
  anyone: {},
  'signed in': {},
  member: { stranger: { when: 'The caller is no member of the group', code: 'forbidden', error: 'forbidden' } },
  sysadmin: { no_sysadmin: { when: 'The caller is no system administrator', code: 'forbidden', error: 'forbidden' } },
}
const WITHOUT_TOKEN = { when: 'Without a valid token', code: 'unauthorized', error: 'unauthorized' } as const
const NARROWED = {
  when: "The token's scopes do not name this surface",
  code: 'insufficient_scope',
  error: 'forbidden',
} as const
const TOO_MANY = { code: 'rate_limited', error: 'too many requests' } as const
const JSON_ONLY = 'unsupported media type: send application/json without content encoding'

/** What any operation of this kind refuses, worded as it words it. */
function commonRefusals({ caller, scope, failed, hidden }: OperationNote): Readonly<Record<string, RefusalExample>> {
  return {
    ...(caller === 'anyone' ? {} : { without_token: WITHOUT_TOKEN }),
    ...(hidden === true ? {} : forbidden[caller]),
    ...(scope === undefined ? {} : { narrowed_token: NARROWED }),
    too_large: { when: 'The body is too large', code: 'payload_too_large', error: 'payload too large' },
    not_json: { when: 'The body is not JSON', code: 'unsupported_media_type', error: JSON_ONLY },
    too_many:
      caller === 'anyone'
        ? { ...TOO_MANY, when: 'The address has asked too often' }
        : { ...TOO_MANY, when: '20 invalid tokens came from this address within a minute' },
    failure: { when: 'Something unexpected; the log has it under the request id', code: 'internal', error: failed },
    away: {
      when: 'MySQL or Stripe is away',
      code: 'temporarily_unavailable',
      error: 'temporarily unavailable',
    },
  }
}

/** The refusals of an operation that come with a status, by name. */
export function refusalsWith(status: number, note: OperationNote): [name: string, refusal: RefusalExample][] {
  const all = { ...note.refusals, ...commonRefusals(note) }
  return Object.entries(all).filter(([, { code }]) => statusOf[code] === status)
}

/** The body that such a refusal has. */
export function refusalBody({ code, error, field, more }: RefusalExample): Record<string, string | number> {
  return {
    error,
    ...more,
    code,
    ...(field === undefined ? {} : { field }),
    requestId: '0f6e3c1c-7a55-4c0e-9b5b-6c1f0d2a9e11',
  }
}
