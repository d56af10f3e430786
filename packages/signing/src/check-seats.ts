import { isSeats, type LicensePayload } from './license-payload.ts'

export type SeatsVerdict =
  /** `limit` and `remaining` are undefined when the license has no seat limit. */
  | { readonly status: 'ok'; readonly used: number; readonly limit: number | undefined; readonly remaining: number | undefined }
  | { readonly status: 'exceeded'; readonly used: number; readonly limit: number; readonly excess: number }

/**
 * Compares the seats in use with the seats bought. A license file cannot count: the product that it licenses has to call this
 * wherever a seat is taken, with the count **including** the seat about to be taken.
 *
 * @param license      a verified license; without `seats` it has no limit
 * @param activeCount  seats in use, a whole number from 0
 * @throws RangeError when the count, or the license's seats, is not a whole number from 0: a wrong count must not pass for a small one
 */
export function checkSeats(license: Pick<LicensePayload, 'seats'>, activeCount: number): SeatsVerdict {
  if (!isSeats(activeCount)) throw new RangeError('active seat count is not a whole number from 0')
  const limit = license.seats
  if (limit === undefined) return { status: 'ok', used: activeCount, limit, remaining: undefined }
  if (!isSeats(limit)) throw new RangeError('seats of the license are not a whole number from 0')
  if (activeCount > limit) return { status: 'exceeded', used: activeCount, limit, excess: activeCount - limit }
  return { status: 'ok', used: activeCount, limit, remaining: limit - activeCount }
}
