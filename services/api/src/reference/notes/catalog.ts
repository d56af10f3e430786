import type { OperationNote } from '../operation-note.ts'

export const catalogNotes = {
  getDefaultProduct: {
    description:
      'For a landing page that sells one thing. Answers with the product of `stripe.default_subscription_slug`, else of `stripe.default_one_off_slug`, else the oldest that is on sale. Description and features come from `product_display` where they are configured. Kept in memory: send the entity tag back in `If-None-Match` and an unchanged product costs nothing.',
    caller: 'anyone',
    failed: 'failed to load product',
    refusals: { nothing_on_sale: { when: 'Nothing is on sale', code: 'not_found', error: 'product not found' } },
  },
  listPublicProducts: {
    description:
      'For a pricing page: everything that is active and not internal, with prices, tiers, features and the coupons that are offered openly. `slug`, `lookupKey` and `stripePriceId` of an entry are all understood as `lookupKey` when a checkout is started. A change of the catalog shows after at most 15 seconds.',
    caller: 'anyone',
    failed: 'failed to load products',
  },
  getProductDetails: {
    description:
      "What one price is and what it sells, in the field names of Stripe's price object (snake_case), for pages that were written against Stripe. Asks our own catalog, never Stripe. 600 requests a minute and address.",
    caller: 'anyone',
    failed: 'failed to load product',
    refusals: {
      no_key: {
        when: 'The body names no price',
        code: 'invalid_payload',
        error: 'lookup_key required: lookup_key is required',
        field: 'lookup_key',
      },
      unknown_key: { when: 'No product on sale has this key', code: 'not_found', error: 'product not found' },
    },
  },
} satisfies Record<string, OperationNote>
