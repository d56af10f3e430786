import type { Mutant } from '../../mutant.ts'

const restored = 'packages/billing/src/purchase/restored-backup.integration.test.ts'
const ids = 'packages/domain/src/domain.test.ts'
const issue = 'packages/billing/src/purchase/issue-purchase.ts'
const consume = 'packages/billing/src/purchase/consume-reservation.ts'

/** What a restored backup does not know is issued under its own id, counted and announced once. */
export const restore: readonly Mutant[] = [
  {
    rule: 'a purchase has one license id',
    file: issue,
    find: 'prepareLicense(deps.keys, draft, licenseIdOf(draft.issuanceKey, draft.issuedAt))',
    put: 'prepareLicense(deps.keys, draft)',
    tests: [restored],
  },
  {
    rule: 'each part of a bundle has one license id',
    file: issue,
    find: '{ ...draft, ...ofPart }, licenseIdOf(issuanceKey, draft.issuedAt))',
    put: '{ ...draft, ...ofPart })',
    tests: [restored],
  },
  {
    rule: 'the id of a license is made of what it is issued for',
    file: 'packages/domain/src/ids.ts',
    find: '.update(issuanceKey)',
    put: ".update(issuanceKey.split('#')[0] ?? '')",
    tests: [ids],
  },
  {
    rule: 'the hour of a sale is no part of its id',
    file: 'packages/domain/src/ids.ts',
    find: 'Math.floor(soldAt.getTime() / DAY_MS) * DAY_MS',
    put: 'soldAt.getTime()',
    tests: [ids],
  },
  {
    rule: 'what a lost checkout held counts again',
    file: consume,
    find: "if (outcome === 'already') return false",
    put: "if (outcome === 'already' || outcome === 'unknown') return false",
    tests: [restored],
  },
  {
    rule: 'what has been sold to others since is not sold twice',
    file: consume,
    find: '  if (!(await reservations.hold(tx, lost, now)))\n',
    put: '  if (!(await reservations.hold(tx, lost, now)) && lost.couponId !== undefined)\n',
    tests: [restored],
  },
  {
    rule: 'the coupon of a lost checkout counts again',
    file: consume,
    find: 'couponId: coupon?.id,',
    put: 'couponId: undefined,',
    tests: [restored],
  },
  {
    rule: 'a reservation id that is none of ours holds nothing',
    file: consume,
    find: 'if (!ReservationId.safeParse(reservationId).success || productId === undefined) return false',
    put: 'if (productId === undefined) return false',
    tests: [restored],
  },
  {
    rule: 'a subscription takes none of the capped licenses, also after a restore',
    file: consume,
    find: "kind !== 'manual' && isCapped(kind)",
    put: 'true',
    tests: [restored],
  },
  {
    rule: 'an announcement is dated by its payment',
    file: 'packages/licensing/src/announce-license.ts',
    find: 'const since = paidAt < now ? paidAt : now',
    put: 'const since = now',
    tests: [restored],
  },
]
