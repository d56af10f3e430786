import type { Mutant } from '../../mutant.ts'

const src = 'packages/catalog/src'
const term = { file: `${src}/term.ts`, tests: [`${src}/term.test.ts`] }
const ofKey = { file: `${src}/product-of-key.ts`, tests: [`${src}/product-of-key.test.ts`] }
const price = { file: `${src}/price.ts`, tests: [`${src}/price.test.ts`] }
const seats = { file: `${src}/seats.ts`, tests: [`${src}/seats.test.ts`] }
const product = { file: `${src}/product-fields.ts`, tests: [`${src}/product-fields.test.ts`] }
const coupon = { file: `${src}/coupon-fields.ts`, tests: [`${src}/coupon-fields.test.ts`] }

/** What is sold, at which price, for how long. */
export const catalogMoney: readonly Mutant[] = [
  {
    rule: 'the one-off product speaks for its key: its cap counts',
    ...ofKey,
    find: "type === 'one_off')",
    put: "type === 'subscription')",
  },
  {
    rule: 'of several products of a key the oldest speaks',
    ...ofKey,
    find: '(a, b) => a.id - b.id',
    put: '(a, b) => b.id - a.id',
  },
  {
    rule: 'a product that is not sold speaks for no key',
    ...ofKey,
    find: '.active && ',
    put: '.active !== undefined && ',
  },
  {
    rule: 'a subscription license ends with the period that is paid for',
    ...term,
    find: 'return { expiresAt: options.period.end,',
    put: 'return { expiresAt: addYears(options.period.start, 1),',
  },
  {
    rule: 'what was bought once lasts its days, whatever period an invoice names',
    ...term,
    find: 'expiresAt: addDays(purchasedAt, options.termDurationDays)',
    put: 'expiresAt: options.period?.end ?? addDays(purchasedAt, options.termDurationDays)',
  },
  {
    rule: 'maintenance that is paid by period lasts as long as that',
    ...term,
    find: 'options.period?.end ?? addYears(purchasedAt, 1)',
    put: 'addYears(purchasedAt, 1)',
  },
  {
    rule: 'only the mark in its metadata makes a product last for ever',
    file: `${src}/license-mode.ts`,
    find: "product.metadata.license_type?.toLowerCase() === 'perpetual'",
    put: 'product.metadata.license_type !== undefined',
    tests: term.tests,
  },
  {
    rule: 'a tier holds its upper bound',
    ...price,
    find: 'seats <= tier.upperBound',
    put: 'seats < tier.upperBound',
  },
  {
    rule: 'an amount of a tier is for all seats together',
    ...price,
    find: 'tier.amount > 0) return tier.amount',
    put: 'tier.amount > 0) return tier.perUnit === true ? tier.amount * seats : tier.amount',
  },
  {
    rule: 'a factor is rounded for one unit, before it is multiplied',
    ...price,
    find: 'return tier.perUnit === true ? unit * seats : unit',
    put: 'return tier.perUnit === true ? Math.round(baseAmountMinor * (tier.factor ?? 1) * seats) : unit',
  },
  {
    rule: 'no purchase has more seats than the product allows',
    ...seats,
    find: 'product.maxManagedProducts ?? Number.POSITIVE_INFINITY,',
    put: 'Number.POSITIVE_INFINITY,',
  },
  {
    rule: 'no purchase has more seats than the coupon allows',
    ...seats,
    find: 'coupon?.maxManagedProducts ?? Number.POSITIVE_INFINITY,',
    put: 'Number.POSITIVE_INFINITY,',
  },
  {
    rule: 'a tiered product is not sold without a count of seats',
    ...seats,
    find: "product.pricingMode === 'tiered' || coupon",
    put: 'coupon',
  },
  {
    rule: "a changed price leaves Stripe's price behind",
    ...product,
    find: 'return unpriced',
    put: 'return changed',
  },
  {
    rule: 'another currency is another price',
    ...product,
    find: 'before.currency !== after.currency ||',
    put: '',
  },
  {
    rule: 'a change that says nothing of it puts no product on sale',
    ...product,
    find: 'active: request.active ?? existing.active',
    put: 'active: request.active ?? true',
  },
  {
    rule: 'a change that says nothing of the currency keeps it',
    ...product,
    find: 'currency: request.currency ?? existing.currency',
    put: "currency: request.currency ?? 'usd'",
  },
  {
    rule: 'a promotion of other terms needs a new one at Stripe',
    ...coupon,
    find: 'discountKeys.every((key) => before[key] === discount[key])',
    put: 'discountKeys.length > 0',
  },
  {
    rule: 'a promotion of another number of redemptions needs a new one at Stripe',
    ...coupon,
    find: 'before.maxRedemptions === maxRedemptions &&',
    put: '',
  },
  {
    rule: 'a change that says nothing of it leaves a coupon out of force',
    ...coupon,
    find: 'active: request.active ?? existing.active',
    put: 'active: request.active ?? true',
  },
  {
    rule: 'a coupon breaks no rule of the catalog',
    ...coupon,
    find: 'refuseFirst(couponProblems(product, coupon))',
    put: 'void product',
  },
  {
    rule: 'no period of a subscription counts in a cap',
    file: 'packages/catalog/src/license-mode.ts',
    find: "return mode !== 'subscription' && mode !== 'trial'",
    put: "return mode !== 'trial'",
    tests: ['packages/catalog/src/license-mode.test.ts'],
  },
  {
    rule: 'no trial counts in a cap',
    file: 'packages/catalog/src/license-mode.ts',
    find: "return mode !== 'subscription' && mode !== 'trial'",
    put: "return mode !== 'subscription'",
    tests: ['packages/catalog/src/license-mode.test.ts'],
  },
]
