import type { Mutant } from '../../mutant.ts'

const session = 'packages/checkout/src/session'
const params = [`${session}/session-params.test.ts`]
const planned = [`${session}/planned-session.test.ts`]
const scarce = [`${session}/scarce-sessions.test.ts`]
const maintenance = 'packages/checkout/src/maintenance/start-maintenance-checkout.ts'
const maintained = ['packages/checkout/src/maintenance/start-maintenance-checkout.test.ts']

/** What a customer is asked to pay, for how long, and who may keep something from others meanwhile. */
export const checkoutMoney: readonly Mutant[] = [
  {
    rule: 'a price of tiers is charged as it was reckoned, and not at the price of one unit at Stripe',
    file: `${session}/session-params.ts`,
    find: "if (product.pricingMode === 'fixed' && product.stripePriceId !== undefined)",
    put: 'if (product.stripePriceId !== undefined)',
    tests: params,
  },
  {
    rule: 'what is sent as an amount is the amount of the order',
    file: `${session}/session-params.ts`,
    find: 'unit_amount: amountMinor,',
    put: 'unit_amount: product.unitAmountMinor,',
    tests: params,
  },
  {
    rule: 'a payment says by itself what it pays for',
    file: `${session}/session-params.ts`,
    find: '{ payment_intent_data: { metadata: plan.metadata } }',
    put: '{}',
    tests: params,
  },
  {
    rule: 'a perpetual license has no trial: its first year is paid',
    file: `${session}/session-params.ts`,
    find: "plan.trialPeriodDays > 0 && plan.mode === 'subscription'",
    put: 'plan.trialPeriodDays > 0',
    tests: params,
  },
  {
    rule: 'a coupon that Stripe does not know yet sells nothing at the full price',
    file: `${session}/session-params.ts`,
    find: "...(plan.coupon?.behavior === 'stripe_promotion' ?",
    put: "...(plan.coupon?.behavior === 'stripe_promotion' && plan.coupon.stripePromotion?.promotionId !== undefined ?",
    tests: params,
  },
  {
    rule: 'automatic maintenance is charged beside its license',
    file: `${session}/session-params.ts`,
    find: '...(plan.maintenancePriceId === undefined ?',
    put: '...(plan.maintenancePriceId === undefined || plan.mode.length > 0 ?',
    tests: params,
  },
  {
    rule: "Stripe's placeholder of the session keeps its braces",
    file: `${session}/return-urls.ts`,
    find: 'session_id={CHECKOUT_SESSION_ID}',
    put: 'session_id=%7BCHECKOUT_SESSION_ID%7D',
    tests: [`${session}/return-urls.test.ts`],
  },
  {
    rule: 'of an odd number of licenses a group holds the larger half',
    file: `${session}/scarce-sessions.ts`,
    find: 'Math.ceil(cap / 2)',
    put: 'Math.floor(cap / 2)',
    tests: scarce,
  },
  {
    rule: 'half of many licenses is no more than a group may hold of anything',
    file: `${session}/scarce-sessions.ts`,
    find: 'Math.min(perGroup, Math.ceil(cap / 2))',
    put: 'Math.ceil(cap / 2)',
    tests: scarce,
  },
  {
    rule: 'a session that others wait for ends after an hour',
    file: `${session}/planned-session.ts`,
    find: 'const SCARCE_SESSION_MS = 60 * 60_000',
    put: 'const SCARCE_SESSION_MS = 23 * 60 * 60_000',
    tests: planned,
  },
  {
    rule: 'an order for another price is another order',
    file: `${session}/planned-session.ts`,
    find: 'coupon?.id, mode, amountMinor, seats, domain]',
    put: 'coupon?.id, mode, seats, domain]',
    tests: planned,
  },
  {
    rule: 'what a coupon pays once renews its maintenance by hand',
    file: `${session}/planned-session.ts`,
    find: "mode === 'perpetual_auto' && coupon?.behavior === 'product_override' ?",
    put: "mode === 'perpetual_auto' && coupon?.behavior === 'stripe_promotion' ?",
    tests: planned,
  },
  {
    rule: 'the hold of a session that was gone through is not given back',
    file: `${session}/session-of-reservation.ts`,
    find: "return session?.status !== 'open' && session?.status !== 'complete'",
    put: "return session?.status !== 'open'",
    tests: [`${session}/session-of-reservation.test.ts`],
  },
  {
    rule: 'maintenance that renews by itself is not sold once more',
    file: maintenance,
    find: 'license.stripe.subscriptionId === undefined',
    put: 'license.stripe.subscriptionId !== null',
    tests: maintained,
  },
  {
    rule: 'a year of maintenance by hand is paid once, also at a price that recurs',
    file: maintenance,
    find: 'if (price.recurring === null || price.unit_amount === null)',
    put: 'if (price.recurring !== null || price.unit_amount === null)',
    tests: maintained,
  },
]
