import type { Mutant } from '../../mutant.ts'

const moneyBack = 'packages/billing/src/lifecycle/money-back.integration.test.ts'
const holds = 'packages/checkout/src/session/checkout-holds.integration.test.ts'
const lines = 'services/api/test/contract/checkout-lines.test.ts'
const state = 'packages/licensing/src/state'
const checkout = 'packages/checkout/src/session/create-checkout-session.ts'

export const moneyBackAndTrials: readonly Mutant[] = [
  {
    rule: 'a license that is revoked when it is made is not announced',
    file: 'packages/billing/src/purchase/issue-purchase.ts',
    find: 'revoked.has(preparedLicense.license.licenseId)',
    put: 'revoked.has(preparedLicense.license.text)',
    tests: [moneyBack],
  },
  {
    rule: 'a withheld license is announced once it becomes good',
    file: `${state}/derive-licenses.ts`,
    find: 'if (after.revokedReason === undefined) await outbox.releaseWithheld(tx, license.licenseId)',
    put: 'void outbox',
    tests: [moneyBack],
  },
  {
    rule: 'trial: a group that had a trial license is offered no trial of a subscription',
    file: checkout,
    find: '(await trials.find(db, groupKey(group))) !== undefined || licenses.hadFreeStart(db, group)',
    put: 'licenses.hadFreeStart(db, group)',
    tests: [moneyBack],
  },
  {
    rule: 'trial: a group that had one of an older release is offered no other',
    file: checkout,
    find: '(await trials.find(db, groupKey(group))) !== undefined || licenses.hadFreeStart(db, group)',
    put: '(await trials.find(db, groupKey(group))) !== undefined',
    tests: [lines],
  },
  {
    rule: 'trial: of several checkouts one offers it',
    file: checkout,
    find: 'return offersTrial && (await trials.claim(tx, reservation.groupKey, plan.reservationId, deps.now()))',
    put: 'return offersTrial || (await trials.claim(tx, reservation.groupKey, plan.reservationId, deps.now()))',
    tests: [moneyBack],
  },
  {
    rule: 'trial: an abandoned checkout gives it back',
    file: 'packages/db/src/trials.ts',
    find: 'return numUpdatedRows === 1n\n}\n\n/** @returns the reservation',
    put: 'return numUpdatedRows === 2n\n}\n\n/** @returns the reservation',
    tests: [moneyBack],
  },
  {
    rule: 'trial: it is recorded when a subscription starts with one',
    file: 'packages/billing/src/purchase/issue-purchase.ts',
    find: 'if (purchase.startsFree === true && main !== undefined)',
    put: 'if (purchase.startsFree === undefined && main !== undefined)',
    tests: [moneyBack],
  },
  {
    rule: 'trial: a purchase over nothing by a discount is none',
    file: 'packages/billing/src/purchase/read-first-period.ts',
    find: 'invoice.amountTotalMinor === 0 && invoice.amountSubtotalMinor === 0 &&',
    put: 'invoice.amountTotalMinor === 0 &&',
    tests: [moneyBack],
  },
  {
    rule: 'trial: the same order gets the session that has it',
    file: checkout,
    find: '(offersTrial ? await findSessionOfTrial(deps, order) : undefined)',
    put: '(offersTrial ? await Promise.resolve(undefined) : await findSessionOfTrial(deps, order))',
    tests: [holds],
  },
]
