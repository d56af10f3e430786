import { dataErrorFacts, isDeadline } from '@licenseoperator/db'
import { DomainError, isDomainError } from '@licenseoperator/domain'
import { z } from 'zod'
import { type Reach, whyFailed } from '../failures/explain-failure.ts'

/** A bug or a poisoned event fails the same way each time; after this many tries it is put aside so that others flow. */
const TRIES_BEFORE_PARKING = 5

/**
 * What becomes of an event whose work failed: it is tried again, or parked for people to look at.
 *
 * @param error  translated, as use cases see it
 * @param tries  how often it was tried, this time included
 */
export function afterFailure(
  error: unknown,
  tries: number,
  reach?: Reach,
): { readonly kind: 'retry' | 'parked'; readonly reason: string } {
  // A dependency that is away says nothing about the event: it waits, however long, and is never parked for that.
  // Unless MySQL answers, and only its own work runs into the deadline each time; while MySQL hangs it cannot be parked either.
  const tooLong = isDeadline(error)
  if (isDomainError(error, 'temporarily_unavailable') && !(tooLong && tries >= TRIES_BEFORE_PARKING))
    return { kind: 'retry', reason: whyFailed(error, reach) }
  const reason = tooLong ? `its work took longer than the database's deadline ${tries} times` : reasonFor(error)
  if (!(error instanceof DomainError) && !(error instanceof z.ZodError) && tries < TRIES_BEFORE_PARKING)
    return { kind: 'retry', reason }
  return { kind: 'parked', reason }
}

/** For people, and without values: a payload holds names and addresses, a driver's message holds SQL. */
function reasonFor(error: unknown): string {
  if (error instanceof DomainError) return error.message
  if (error instanceof z.ZodError)
    return `unknown payload shape: ${error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`).join(', ')}`
  return `unexpected ${error instanceof Error ? error.name : typeof error}${dataErrorFacts(error)}`
}
