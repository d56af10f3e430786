import type { Mutant } from '../../mutant.ts'

const noLonger = 'packages/billing/src/lifecycle/what-is-no-longer-sold.integration.test.ts'
const taken = 'packages/billing/src/lifecycle/taken-off-and-put-on.integration.test.ts'
const first = 'packages/billing/src/purchase/first-purchase.integration.test.ts'
const purchase = 'packages/billing/src/purchase'

/** What a subscription no longer contains renews nothing, and what was credited ends. */
export const noLongerSold: readonly Mutant[] = [
  {
    rule: 'a quantity of 0 on an invoice is read as 0',
    file: 'packages/stripe/src/payload/invoice.ts',
    find: 'quantity: quantity ?? 1',
    put: 'quantity: quantity || 1',
    tests: [noLonger],
  },
  {
    rule: 'maintenance of zero units is not renewed',
    file: 'packages/billing/src/maintenance/renewal-of-invoice.ts',
    find: 'quantity > 0 &&',
    put: 'quantity >= 0 &&',
    tests: [noLonger],
  },
  {
    rule: 'maintenance is renewed by a line on what it was sold on, and by no other',
    file: 'packages/billing/src/maintenance/renewal-of-invoice.ts',
    find: '(priceId !== undefined && item.priceId === priceId) ||',
    put: 'item.quantity >= 0 ||',
    tests: [noLonger],
  },
  {
    rule: 'a license remembers on what item and price it was sold',
    file: `packages/terms/src/license-draft.ts`,
    find: 'soldAs: purchase.soldAs,',
    put: 'soldAs: undefined,',
    tests: [noLonger],
  },
  {
    rule: 'maintenance remembers the item that renews it, and not what was paid once',
    file: `${purchase}/read-first-period.ts`,
    find: 'soldAs: isMaintained ? recurring.map(itemOf) : units.soldAs,',
    put: 'soldAs: units.soldAs,',
    tests: [first],
  },
  {
    rule: 'a credit without a replacement ends the license',
    file: `${purchase}/read-later-period.ts`,
    find: "changed.to === 'nothing' && (periods === undefined || !isChange) ? changed.at : undefined",
    put: "changed.to === 'nothing' && !isChange ? changed.at : undefined",
    tests: [noLonger],
  },
  {
    rule: 'a credit without a replacement ends the license also where it waits for the next invoice of the subscription',
    file: `${purchase}/read-later-period.ts`,
    find: "changed.to === 'nothing' && (periods === undefined || !isChange) ? changed.at : undefined",
    put: "changed.to === 'nothing' && isChange && periods === undefined ? changed.at : undefined",
    tests: [noLonger],
  },
  {
    rule: 'a change that begins a new period at once puts that in place of what it credits',
    file: `${purchase}/read-later-period.ts`,
    find: "changed.to === 'nothing' && (periods === undefined || !isChange) ? changed.at : undefined",
    put: "changed.to === 'nothing' ? changed.at : undefined",
    tests: [taken],
  },
  {
    rule: 'an end is stored with the renewal that the same invoice brings',
    file: `${purchase}/issue-purchase.ts`,
    find: 'if (purchase.ends !== undefined) await licenseEnds.record(tx, purchase.ends, now)',
    put: '',
    tests: [taken],
  },
  {
    rule: 'an end that comes with a renewal is applied to the license before',
    file: `${purchase}/issue-purchase.ts`,
    find: 'if (subscriptionId !== undefined && purchase.ends !== undefined)',
    put: 'if (subscriptionId === undefined && purchase.ends !== undefined)',
    tests: [taken],
  },
  {
    rule: 'what was taken off before a change counts no more, also where it is told of later',
    file: `${purchase}/earlier-changes.ts`,
    find: "if (changed.to === 'nothing') return { product: undefined, items: [] }",
    put: '',
    tests: [taken],
  },
  {
    rule: 'what was changed before a change counts, also where it is told of later',
    file: `${purchase}/earlier-changes.ts`,
    find: "return changed.to === 'units' ? { product: changed.units.product, items: changed.units.soldAs } : undefined",
    put: 'return undefined',
    tests: [taken],
  },
]
