import { EXAMPLE_LICENSE_ID, type OperationNote, type RefusalExample } from '../operation-note.ts'

const operatorLicense = {
  when: "The operator's own license is not good",
  code: 'operator_license_invalid',
  error: 'operator license is not valid',
} as const satisfies RefusalExample
const unknownProduct = { when: 'No product has this slug', code: 'not_found', error: 'not found' } as const
const seatLimit = {
  when: "The operator's own license has no seat left",
  code: 'seat_limit_exceeded',
  error: 'seat_limit_exceeded',
  more: { message: '3 active products need 3 seats; the operator license has 2', required: 3, seatLimit: 2 },
} as const satisfies RefusalExample
const badCouponId = {
  when: 'The coupon id is no positive integer',
  code: 'invalid_payload',
  error: 'invalid coupon identifier',
  field: 'couponId',
} as const
const noCoupon = { when: 'The product has no coupon with this id', code: 'not_found', error: 'not found' } as const
const codeTaken = {
  when: 'Another coupon of the product has this code',
  code: 'coupon_taken',
  error: 'coupon code already exists',
  field: 'code',
} as const

const unknownLicense = { when: 'No license has this id', code: 'not_found', error: 'license not found' } as const

export const administrationNotes = {
  listProducts: {
    description:
      'The whole catalog as an administrator edits it, oldest first, with all coupons. Inactive and internal products only when asked for. A product that is sent back as it was answered stays as it is.',
    caller: 'sysadmin',
    scope: 'catalog:admin',
    failed: 'failed to list products',
    refusals: { operator_license: operatorLicense },
  },
  createProduct: {
    description:
      "Adds a product, which is on sale at once unless `active` is false. Product and price are made at Stripe in the same breath; when Stripe is slow or away the product is sold by its amount and the next sync catches up. Takes a seat of the operator's own license while it is active.",
    caller: 'sysadmin',
    scope: 'catalog:admin',
    failed: 'failed to create product',
    refusals: {
      operator_license: operatorLicense,
      no_slug: {
        when: 'A field that creation needs is missing',
        code: 'invalid_payload',
        error: 'invalid payload: slug is required',
        field: 'slug',
      },
      negative_price: {
        when: 'A value is out of its bounds',
        code: 'invalid_payload',
        error: 'invalid payload: unitAmount must be at least 0',
        field: 'unitAmount',
      },
      slug_taken: { when: 'The slug exists', code: 'slug_taken', error: 'product slug already exists', field: 'slug' },
      seat_limit: seatLimit,
    },
  },
  updateProduct: {
    description:
      'Changes a product. Send it as it was answered, with the changes: an absent field clears what forms leave out when an input is emptied (description, caps, trial days) and keeps what they never send (metadata, coupons, Stripe ids). A new amount makes a new price at Stripe; licenses and subscriptions that were sold keep theirs.',
    caller: 'sysadmin',
    scope: 'catalog:admin',
    failed: 'failed to update product',
    parameters: { slug: 'team-year' },
    body: {
      name: 'Team',
      type: 'subscription',
      plan: 'team',
      productKey: 'core',
      pricingMode: 'tiered',
      currency: 'usd',
      unitAmount: 9900,
      baseAmount: 9900,
      billingInterval: 'year',
      pricingTiers: [
        { upperBound: 3, amount: 9900 },
        { factor: 0.225, perUnit: true },
      ],
      description: 'For teams, priced by seats',
    },
    refusals: {
      operator_license: operatorLicense,
      negative_price: {
        when: 'A value is out of its bounds',
        code: 'invalid_payload',
        error: 'invalid payload: unitAmount must be at least 0',
        field: 'unitAmount',
      },
      unknown_product: unknownProduct,
      seat_limit: seatLimit,
    },
  },
  getSeatUsage: {
    description:
      "How many active products the operator's own license allows and how many there are. Without a limit `seatLimit` and `availableSeats` are absent.",
    caller: 'sysadmin',
    scope: 'catalog:admin',
    failed: 'failed to load seat usage',
    refusals: { operator_license: operatorLicense },
  },
  listCoupons: {
    description: 'The coupons of one product, by id. Inactive ones only when asked for.',
    caller: 'sysadmin',
    scope: 'catalog:admin',
    failed: 'failed to list coupons',
    parameters: { slug: 'team-year' },
    refusals: {
      operator_license: operatorLicense,
      unknown_product: { ...unknownProduct, error: 'product not found' },
    },
  },
  createCoupon: {
    description:
      "Adds a coupon to a product. `stripe_promotion` discounts what Stripe charges and is made there; `product_override` sells the product's one-off variant instead. Caps count finished purchases and open reservations.",
    caller: 'sysadmin',
    scope: 'catalog:admin',
    failed: 'failed to create coupon',
    parameters: { slug: 'team-year' },
    refusals: {
      operator_license: operatorLicense,
      no_code: {
        when: 'A field that creation needs is missing',
        code: 'invalid_payload',
        error: 'invalid payload: code is required',
        field: 'code',
      },
      unknown_product: unknownProduct,
      code_taken: codeTaken,
    },
  },
  updateCoupon: {
    description:
      'Changes a coupon. Absent limits are cleared, what dashboards never send (Stripe ids, seat bounds) is kept. New terms make a new promotion code at Stripe and end the old one.',
    caller: 'sysadmin',
    scope: 'catalog:admin',
    failed: 'failed to update coupon',
    parameters: { slug: 'team-year', couponId: '1' },
    body: { code: 'tier10', active: true, behavior: 'stripe_promotion', maxPerGroup: 2 },
    refusals: { operator_license: operatorLicense, bad_id: badCouponId, unknown_coupon: noCoupon, code_taken: codeTaken },
  },
  deleteCoupon: {
    description:
      'Deletes a coupon and ends its promotion code at Stripe. Licenses that were bought with it stay, and so does the count of its redemptions.',
    caller: 'sysadmin',
    scope: 'catalog:admin',
    failed: 'failed to delete coupon',
    parameters: { slug: 'team-year', couponId: '1' },
    refusals: { operator_license: operatorLicense, bad_id: badCouponId, unknown_coupon: noCoupon },
  },
  resendLicense: {
    description:
      'Mails a license once more, to the address that it was sold to and no other. The notifier sends it; one that was asked for and waits is not asked for again, the answer is then that mail. Needs `mail.host`.',
    caller: 'sysadmin',
    scope: 'licenses:issue',
    failed: 'failed to resend license',
    parameters: { licenseId: EXAMPLE_LICENSE_ID },
    refusals: {
      no_mail: {
        when: 'This operator sends no mail',
        code: 'invalid_payload',
        error: 'invalid request: no mail is configured: mail.host is not set',
        field: 'licenseId',
      },
      unknown_license: unknownLicense,
    },
  },
  revokeLicenseLinks: {
    description:
      'Makes every link open nothing that was mailed for a license until now, for one that was passed on. The license stays good; a mail sent afterwards holds a link that works.',
    caller: 'sysadmin',
    scope: 'licenses:revoke',
    failed: 'failed to revoke links',
    parameters: { licenseId: EXAMPLE_LICENSE_ID },
    refusals: {
      long_id: {
        when: 'The id is longer than any license has',
        code: 'invalid_payload',
        error: 'invalid request: licenseId must have at most 255 character(s)',
        field: 'licenseId',
      },
      unknown_license: unknownLicense,
    },
  },
} satisfies Record<string, OperationNote>
