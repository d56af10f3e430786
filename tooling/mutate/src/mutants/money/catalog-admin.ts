import type { Mutant } from '../../mutant.ts'

const sync = 'packages/catalog-admin/src/sync'
const file = 'packages/catalog-admin/src/config-file/sync-config-products.ts'
const price = [`${sync}/ensure-price.test.ts`]
const promotion = [`${sync}/ensure-promotion.test.ts`]
const merged = ['packages/catalog-admin/src/config-file/sync-config-products.test.ts']

/** What Stripe charges is what the catalog says. */
export const catalogAdminMoney: readonly Mutant[] = [
  {
    rule: 'a price at Stripe that charges another amount is not sold at',
    file: `${sync}/ensure-price.ts`,
    find: '    price.unit_amount === product.unitAmountMinor &&\n',
    put: '',
    tests: price,
  },
  {
    rule: 'a price at Stripe that recurs more often is not sold at',
    file: `${sync}/ensure-price.ts`,
    find: '    price.recurring?.interval_count === recurring?.interval_count &&\n',
    put: '',
    tests: price,
  },
  {
    rule: 'a price at Stripe that is archived is not sold at',
    file: `${sync}/ensure-price.ts`,
    find: '    price.active &&\n',
    put: '',
    tests: price,
  },
  {
    rule: 'a new price recurs as its product does',
    file: `${sync}/ensure-price.ts`,
    find: '    ...(recurring === undefined ? {} : { recurring }),\n',
    put: '',
    tests: price,
  },
  {
    rule: "another product's price is not archived",
    file: `${sync}/ensure-price.ts`,
    find: 'return metadata[OUR_SLUG] === undefined || metadata[OUR_SLUG] === slug',
    put: 'return metadata[OUR_SLUG] !== `${slug} `',
    tests: price,
  },
  {
    rule: 'a discount in another currency is another discount',
    file: `${sync}/ensure-promotion.ts`,
    find: '(promotion.amountOff === undefined || stripeCoupon.currency === promotion.currency) &&',
    put: '',
    tests: promotion,
  },
  {
    rule: 'a code that may be used by more is another offer',
    file: `${sync}/ensure-promotion.ts`,
    find: 'if ((code.max_redemptions ?? undefined) !== promotion.maxRedemptions) return false',
    put: '',
    tests: promotion,
  },
  {
    rule: 'a discount that nobody said how long it lasts is given once',
    file: `${sync}/ensure-promotion.ts`,
    find: "duration: promotion.duration ?? 'once',",
    put: "duration: promotion.duration ?? 'forever',",
    tests: promotion,
  },
  {
    rule: 'the price at Stripe goes when the file names another amount',
    file,
    find: 'const stripePriceId = kept ? existing.stripePriceId : undefined',
    put: 'const stripePriceId = kept ? existing.stripePriceId : existing?.stripePriceId',
    tests: merged,
  },
  {
    rule: 'a price that the file names is not sold at before Stripe was asked for it',
    file,
    find: 'const stripePriceId = kept ? existing.stripePriceId : undefined',
    put: 'const stripePriceId = product.stripePriceId ?? (kept ? existing.stripePriceId : undefined)',
    tests: merged,
  },
  {
    rule: 'a code at Stripe goes when the file gives another discount',
    file,
    find: 'const unchanged = namedCoupon === couponId && namedCode === promotionId && same(wanted, discount)',
    put: 'const unchanged = namedCoupon === couponId && namedCode === promotionId',
    tests: merged,
  },
  {
    rule: 'one thing that Stripe does not take does not end the run',
    file: `${sync}/sync-products.ts`,
    find: 'if (!isRefusal(error) || !(error instanceof Stripe.errors.StripeError)) return undefined',
    put: 'if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 402) return undefined',
    tests: [`${sync}/sync-products.test.ts`],
  },
]
