import type { Mutant } from '../../mutant.ts'

const file = 'packages/checkout/src/session/open-for-customer.ts'
const tests = ['packages/checkout/src/session/open-for-customer.integration.test.ts']
const holds = ['packages/billing/src/purchase/refused-customers.integration.test.ts']
const reasons = ['packages/stripe/src/stripe-client.test.ts']

/** A stored Stripe id that went stale blocks nobody, and a refusal says why. */
export const staleCustomers: readonly Mutant[] = [
  {
    rule: 'a customer that Stripe does not know any more is left out of the second try',
    file,
    find: "return error.param === 'customer' ? { onlyIn: undefined, reason } : undefined",
    put: 'return undefined',
    tests,
  },
  {
    rule: 'a customer that is bound to another currency is left out of the second try',
    file,
    find: "return { onlyIn: 'currency', reason }",
    put: 'return undefined',
    tests,
  },
  {
    rule: 'it is tried again only when the customer was refused',
    file,
    find: "return error.param === 'customer' ? { onlyIn: undefined, reason } : undefined",
    put: 'return { onlyIn: undefined, reason }',
    tests,
  },
  {
    rule: 'a customer bound to another currency is refused in the new one alone',
    file,
    find: "why.onlyIn === 'currency' ? currency : undefined",
    put: 'undefined',
    tests,
  },
  {
    rule: 'the second try has an idempotency key of its own',
    file: 'packages/checkout/src/session/create-checkout-session.ts',
    find: "`checkout-${reservationId}${attempt === 1 ? '' : `-${attempt}`}`",
    put: "`checkout-${reservationId}${attempt === 1 ? '' : ''}`",
    tests: holds,
  },
  {
    rule: 'a refused customer is named no more by the next checkout',
    file: 'packages/db/src/refused-customers.ts',
    find: "currency: currency ?? '', refused_at: now })",
    put: "currency: 'xxx', refused_at: now })",
    tests: holds,
  },
  {
    rule: 'one whom Stripe did not know is asked about again a day later',
    file: 'packages/db/src/refused-customers.ts',
    find: 'const UNKNOWN_FOR_MS = 24 * 60 * 60_000',
    put: 'const UNKNOWN_FOR_MS = 240 * 60 * 60_000',
    tests,
  },
  {
    rule: 'maintenance is sold without the refused customer, too',
    file: 'packages/checkout/src/maintenance/start-maintenance-checkout.ts',
    find: '{ customerId: await customerOf(deps, license, price), currency: price.currency }',
    put: '{ customerId: license.stripe.customerId, currency: price.currency }',
    tests: holds,
  },
  {
    rule: "a refusal names Stripe's parameter",
    file: 'packages/stripe/src/stripe-client.ts',
    find: '[code ?? rawType ?? type, param]',
    put: '[code ?? rawType ?? type]',
    tests: reasons,
  },
  {
    rule: "a refusal says Stripe's reason",
    file: 'packages/stripe/src/stripe-client.ts',
    find: "return sentence === '' ? named : `${named}: ${sentence}`",
    put: 'return named',
    tests: reasons,
  },
  {
    rule: 'a refusal never shows a key',
    file: 'packages/stripe/src/stripe-client.ts',
    find: "    .replaceAll(/\\b(?:sk|rk|pk|whsec|ek)_\\S+/g, '[secret]')\n",
    put: '',
    tests: reasons,
  },
]
