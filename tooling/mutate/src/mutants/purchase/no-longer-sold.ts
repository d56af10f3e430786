import type { Mutant } from '../../mutant.ts'

const noLonger = 'packages/billing/src/lifecycle/what-is-no-longer-sold.integration.test.ts'
const taken = 'packages/billing/src/lifecycle/taken-off-and-put-on.integration.test.ts'
const first = 'packages/billing/src/purchase/first-purchase.integration.test.ts'
const units = 'packages/terms/src/paid-units.test.ts'
const purchase = 'packages/billing/src/purchase'
const terms = 'packages/terms/src'

/** What a subscription no longer contains renews nothing, and what was credited ends. */
export const noLongerSold: readonly Mutant[] = [
  {
    rule: 'an item that was switched to something that is no license is not read as ours',
    file: `${terms}/our-line.ts`,
    find: 'return byProduct?.product ?? reading(() => products.findByStripeProduct(db, stripeProductId))',
    put: 'return byProduct?.product ?? (await reading(() => products.findByStripeProduct(db, stripeProductId))) ?? boughtProduct',
    tests: [noLonger],
  },
  {
    rule: 'an item that was changed and then taken off within one invoice is gone',
    file: `${terms}/paid-units.ts`,
    find: 'line: stays ? charge : undefined',
    put: 'line: charge',
    tests: [units],
  },
  {
    rule: 'of one item the later change counts, not the later line',
    file: `${terms}/paid-units.ts`,
    find: 'lines.toReversed().toSorted((a, b) => b.period.start.getTime() - a.period.start.getTime())[0]',
    put: 'lines.toReversed()[0]',
    tests: [units],
  },
  {
    rule: 'a renewal over zero units brings nothing',
    file: `${terms}/paid-units.ts`,
    find: 'const ofCatalog = lines.filter(({ product, quantity }) => product !== undefined && quantity > 0)',
    put: 'const ofCatalog = lines.filter(({ product }) => product !== undefined)',
    tests: [units],
  },
  {
    rule: 'a change to zero units brings nothing',
    file: `${terms}/paid-units.ts`,
    find: 'line?.product !== undefined && line.quantity > 0 ? [line] : []',
    put: 'line?.product !== undefined ? [line] : []',
    tests: [units],
  },
  {
    rule: 'zero units of an inline price bring nothing',
    file: `${terms}/paid-units.ts`,
    find: 'return added(lines.filter(({ quantity }) => quantity > 0).map((line) => ({ ...line, product: boughtProduct })))',
    put: 'return added(lines.map((line) => ({ ...line, product: boughtProduct })))',
    tests: [units],
  },
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
    file: `${purchase}/license-draft.ts`,
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
    rule: 'a license remembers the items of a changed subscription that the change did not touch',
    file: `${terms}/paid-units.ts`,
    find: 'const soldAs = [...after.map(itemOf), ...untouchedItems.map(({ item }) => item)]',
    put: 'const soldAs = after.map(itemOf)',
    tests: [noLonger],
  },
  {
    rule: 'a line is known by the price that a license of its subscription was sold on',
    file: `${terms}/our-line.ts`,
    find: 'item.priceId !== undefined && item.priceId === priceId',
    put: 'item.priceId === undefined && item.priceId === priceId',
    tests: [taken],
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
    rule: 'a credit ends the license at its own instant and not at that of the subscription',
    file: 'packages/licensing/src/state/derive-licenses.ts',
    find: 'canceled: creditedAt ?? subscriptionEndedAt',
    put: 'canceled: subscriptionEndedAt ?? creditedAt',
    tests: [noLonger],
  },
  {
    rule: 'a credited license is revoked',
    file: 'packages/licensing/src/state/derive-licenses.ts',
    find: 'creditedEarly: creditedAt !== undefined,',
    put: 'creditedEarly: false,',
    tests: [noLonger],
  },
  {
    rule: 'a credit ends no license of a period that begins later or has ended before',
    file: 'packages/licensing/src/state/derive-licenses.ts',
    find: 'ends.find((at) => issuedAt <= at && at < expiresAt)',
    put: 'ends[0]',
    tests: [noLonger],
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
