import { EXAMPLE_LICENSE_ID, type OperationNote } from '../operation-note.ts'

const verify = {
  description:
    'What is known of the payment behind a license: product, invoice, payment intent and our own record of it, for dashboards that offer billing actions. Trials and licenses issued by hand answer 200 with the license alone. Stripe is asked once per payment; while it is away, what was recorded stands in.',
  caller: 'member',
  scope: 'payments:read',
  failed: 'failed to verify payment',
  parameters: { licenseId: EXAMPLE_LICENSE_ID },
  refusals: {
    blank_id: {
      when: 'The license id is blank',
      code: 'invalid_payload',
      error: 'licenseId required',
      field: 'licenseId',
    },
    unknown_license: { when: 'No license has this id', code: 'not_found', error: 'resource not found' },
  },
} as const satisfies OperationNote

export const paymentNotes = {
  createCheckoutSession: {
    description:
      "Starts a purchase for a group. Checks product, coupon and seats, reserves one of what is scarce, opens a session on Stripe's hosted page and answers with its `url`: send the customer there. Nothing is sold yet. After the payment Stripe sends the customer to your return page with `session_id`, and the license is issued when Stripe's webhook arrives, usually within a second. What is scarce stays reserved for an hour, and the same order gets the same open session back.",
    caller: 'member',
    scope: 'payments:checkout',
    failed: 'failed to create checkout session',
    refusals: {
      unknown_product: {
        when: 'No product on sale has this key',
        code: 'invalid_payload',
        error: 'invalid request: lookupKey names no product that is sold',
        field: 'lookupKey',
      },
      no_group: {
        when: 'The group that buys is missing',
        code: 'invalid_payload',
        error: 'invalid request: organizationName is required',
        field: 'organizationName',
      },
      bad_coupon: {
        when: 'The coupon is unknown or not active',
        code: 'invalid_payload',
        error: 'invalid request: couponCode is not a valid coupon',
        field: 'couponCode',
      },
      sold_out: {
        when: 'The last license is sold or reserved',
        code: 'quota_exceeded',
        error: 'non-subscription quota exceeded',
      },
    },
  },
  getCheckoutState: {
    description:
      'For the page to which the customer returns: ask once a second until the status is `complete`, then download `licenseId`. One-off purchases, subscriptions, bundles and renewed maintenance answer alike. A session of another group is as unknown as one that does not exist.',
    caller: 'member',
    scope: 'payments:read',
    hidden: true,
    failed: 'failed to load checkout session',
    parameters: { id: 'cs_test_a1' },
    refusals: {
      long_id: {
        when: 'The id is longer than any that Stripe makes',
        code: 'invalid_payload',
        error: 'invalid checkout session: id must have at most 255 character(s)',
        field: 'id',
      },
      unknown_session: {
        when: "The session is unknown, or another group's",
        code: 'not_found',
        error: 'checkout session not found',
      },
    },
  },
  createCustomerPortal: {
    description:
      "Opens Stripe's billing portal, where a customer changes the card, reads invoices or cancels. `customerId` is the `stripeCustomerId` that `verify-payment` answers with; members reach only customers who bought for one of their groups. The `url` is for one visit: make it when the button is pressed.",
    caller: 'member',
    scope: 'payments:checkout',
    failed: 'failed to create customer portal session',
    refusals: {
      no_customer: {
        when: 'The body names no customer',
        code: 'invalid_payload',
        error: 'customerId required: customerId is required',
        field: 'customerId',
      },
    },
  },
  createMaintenanceCheckout: {
    description:
      'For the owner of a perpetual license whose maintenance does not renew by itself: opens a session that pays for another year. The license keeps its id; once paid it is signed anew with the later end of maintenance and announced with the reason `maintenance`.',
    caller: 'member',
    scope: 'payments:checkout',
    hidden: true,
    failed: 'failed to create maintenance checkout',
    refusals: {
      no_license: {
        when: 'The body names no license',
        code: 'invalid_payload',
        error: 'invalid request: licenseId is required',
        field: 'licenseId',
      },
      other_license: {
        when: "The license is unknown, another group's, revoked, not perpetual, or renews by itself",
        code: 'forbidden',
        error: 'license is not a perpetual manual license',
      },
    },
  },
  resolveSubscription: {
    description:
      'For a return page that knows the `session_id` and wants the subscription. From our own records where the license is issued, else from Stripe. A session of another group, one that is unknown and a one-off purchase are all the same 404.',
    caller: 'member',
    scope: 'payments:read',
    hidden: true,
    failed: 'failed to resolve subscription',
    refusals: {
      no_session: {
        when: 'The body names no session',
        code: 'invalid_payload',
        error: 'sessionId required: sessionId is required',
        field: 'sessionId',
      },
      unknown_session: {
        when: "The session is unknown, another group's, or no subscription",
        code: 'not_found',
        error: 'subscription not found',
      },
    },
  },
  verifyPayment: verify,
  verifyPaymentInside: {
    ...verify,
    description: `For services inside the network, under a path that the reverse proxy does not forward. ${verify.description}`,
  },
} satisfies Record<string, OperationNote>
