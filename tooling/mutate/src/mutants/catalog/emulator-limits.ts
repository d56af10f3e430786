import type { Mutant } from '../../mutant.ts'

const tests = ['tooling/stripe-emulator/test/limits.test.ts']
const further = ['tooling/stripe-emulator/test/further-limits.test.ts']
const limits = 'tooling/stripe-emulator/src/core/limits.ts'
const metadata = 'tooling/stripe-emulator/src/core/metadata.ts'

/** The emulator refuses what Stripe refuses, so that a test that passes here says something. */
export const emulatorLimits: readonly Mutant[] = [
  {
    rule: 'the emulator: a total is nothing or at least what Stripe charges',
    file: limits,
    find: 'if (total > 0 && total < least)',
    put: 'if (total > 0 && total < Math.min(least, 1))',
    tests,
  },
  {
    rule: 'the emulator: the least charge is that of the currency',
    file: limits,
    find: 'const least = leastCharges[currency] ?? 1',
    put: 'const least = currency in leastCharges ? 50 : 1',
    tests,
  },
  {
    rule: 'the emulator: three-decimal currencies are charged without their last decimal',
    file: limits,
    find: 'if (threeDecimals.has(currency) && total % 10 !== 0)',
    put: 'if (threeDecimals.has(currency) && total % 10 < 0)',
    tests,
  },
  {
    rule: 'the emulator: currencies that Stripe has not are refused',
    file: limits,
    find: 'if (!currencies.has(currency.toLowerCase()))',
    put: 'if (currency.length !== 3)',
    tests,
  },
  {
    rule: 'the emulator: a coupon has a currency that Stripe has',
    file: 'tooling/stripe-emulator/src/resources/coupons.ts',
    find: 'if (params.currency !== undefined) checkCurrency(params.currency)',
    put: 'void checkCurrency',
    tests,
  },
  {
    rule: 'the emulator: no text is longer than Stripe takes',
    file: limits,
    find: 'if (lengthOf(value) > most)',
    put: 'if (lengthOf(value) > most && at.length === 0)',
    tests,
  },
  {
    rule: 'the emulator: every text is bounded, not only those with a limit of their own',
    file: limits,
    find: "?? (name === 'description' ? LONGEST_DESCRIPTION : LONGEST)",
    put: '?? Number.POSITIVE_INFINITY',
    tests: further,
  },
  {
    rule: 'the emulator: texts inside other parameters are bounded as well',
    file: limits,
    find: 'else if (isObject(value)) checkLengths(route, value, at)',
    put: 'else if (isObject(value) && at.length === 0) checkLengths(route, value, at)',
    tests: further,
  },
  {
    rule: 'the emulator: an emoji is one character',
    file: limits,
    find: 'return [...text].length',
    put: 'return text.length',
    tests,
  },
  {
    rule: 'the emulator: a payment has at most 100 lines',
    file: limits,
    find: "const most = mode === 'subscription' ? 40 : 100",
    put: "const most = mode === 'subscription' ? 40 : 1000",
    tests,
  },
  {
    rule: 'the emulator: a subscription has at most 40 lines',
    file: limits,
    find: "const most = mode === 'subscription' ? 40 : 100",
    put: 'const most = mode === null ? 40 : 100',
    tests: further,
  },
  {
    rule: 'the emulator: metadata has at most 50 keys',
    file: metadata,
    find: 'if (Object.keys(merged).length > 50)',
    put: 'if (Object.keys(merged).length > 500)',
    tests: further,
  },
  {
    rule: 'the emulator: keys of metadata have at most 40 characters',
    file: metadata,
    find: 'if (lengthOf(key) > 40)',
    put: 'if (lengthOf(key) > 400)',
    tests: further,
  },
  {
    rule: 'the emulator: a coupon takes its discount off the products that it applies to',
    file: 'tooling/stripe-emulator/src/catalog/amounts.ts',
    find: 'products === undefined || products.includes(line.product)',
    put: 'products === undefined || line.product.length > 0',
    tests: further,
  },
  {
    rule: 'the emulator: a coupon applies to products that exist',
    file: 'tooling/stripe-emulator/src/resources/coupons.ts',
    find: 'if (store.products.get(product) === undefined) throw',
    put: 'if (store.products.get(product) === null) throw',
    tests: further,
  },
  {
    rule: 'the emulator: a coupon ends after it begins',
    file: 'tooling/stripe-emulator/src/resources/coupons.ts',
    find: 'params.redeem_by <= emulation.clock.now()',
    put: 'params.redeem_by < 0',
    tests,
  },
  {
    rule: 'the emulator: a coupon is not redeemed after its end',
    file: 'tooling/stripe-emulator/src/catalog/refresh-coupon.ts',
    find: 'coupon.valid = !usedUp && !tooLate',
    put: 'coupon.valid = !usedUp || tooLate',
    tests: further,
  },
  {
    rule: 'the emulator: an item may be named as deleted before or after the one in its place',
    file: 'tooling/stripe-emulator/src/billing/change-subscription.ts',
    find: 'return deleted === true ? 1 : 0',
    put: 'return deleted === true ? 0 : 0',
    tests: ['tooling/stripe-emulator/test/subscriptions.test.ts'],
  },
  {
    rule: 'the emulator: the running subscriptions of a customer share one currency',
    file: 'tooling/stripe-emulator/src/customers/customer-currency.ts',
    find: 'one.customer === customer && ',
    put: 'one.customer === null && ',
    tests,
  },
  {
    rule: 'the emulator: a session, too, keeps to the currency of its customer',
    file: 'tooling/stripe-emulator/src/checkout/create-session.ts',
    find: "if (mode === 'subscription') checkCustomerCurrency(emulation, params.customer, currencyOf(lineItems))",
    put: '',
    tests: further,
  },
]
