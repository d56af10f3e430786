import type { Mutant } from '../../mutant.ts'

const file = 'packages/catalog-admin/src/admin/given-price.ts'
const overHttp = ['services/api/test/contract/admin-products.test.ts']
const alone = ['packages/catalog-admin/src/admin/given-price.test.ts']

/** What the shop shows is what is charged: a price at Stripe that a product names is compared when the product is written. */
export const givenPrices: readonly Mutant[] = [
  { rule: 'a given price is active', file, find: '[price.active, ', put: '[true, ', tests: alone },
  {
    rule: 'a given price has the amount that the shop shows',
    file,
    find: '[price.unit_amount === fields.unitAmountMinor,',
    put: '[true,',
    tests: alone,
  },
  {
    rule: 'a given price has the currency that the shop shows',
    file,
    find: '[price.currency === fields.currency,',
    put: '[true,',
    tests: alone,
  },
  {
    rule: 'a given price recurs as the product does, or not at all',
    file,
    find: '[price.recurring?.interval === recurring?.interval,',
    put: '[true,',
    tests: alone,
  },
  {
    rule: 'a given price recurs as often as the product',
    file,
    find: 'price.recurring?.interval_count === recurring?.interval_count,',
    put: 'true,',
    tests: alone,
  },
  {
    rule: 'a given price belongs to the given product',
    file,
    find: 'fields.stripeProductId === undefined || fields.stripeProductId === idOf(price.product),',
    put: 'true,',
    tests: alone,
  },
  { rule: "a given price's product is active", file, find: '[!archived,', put: '[true,', tests: alone },
  {
    rule: 'a given price charges an amount per unit and not by tiers',
    file,
    find: "price.billing_scheme === 'per_unit' && ",
    put: '',
    tests: alone,
  },
  {
    rule: 'a given price charges for each unit and not for packages',
    file,
    find: ' && price.transform_quantity === null',
    put: '',
    tests: alone,
  },
  {
    rule: 'a given price is not metered',
    file,
    find: "[price.recurring?.usage_type !== 'metered',",
    put: '[true,',
    tests: alone,
  },
  {
    rule: 'a price that was not compared is not stored',
    file,
    find: 'if (price === undefined || price.id !== fields.stripePriceId)',
    put: 'if (price === undefined) return fields\n  if (price.id === undefined)',
    tests: alone,
  },
  {
    rule: 'the same price with another product is compared anew',
    file,
    find: 'fields.stripePriceId !== existing?.stripePriceId || fields.stripeProductId !== existing.stripeProductId',
    put: 'fields.stripePriceId !== existing?.stripePriceId',
    tests: alone,
  },
  {
    rule: 'a creation compares the price that it names',
    file: 'packages/catalog-admin/src/admin/create-product.ts',
    find: 'withGivenPrice(undefined, asked, await askForGivenPrice(deps.stripe, undefined, asked))',
    put: '(await askForGivenPrice(deps.stripe, undefined, asked), withGivenPrice(undefined, { ...asked, stripePriceId: undefined }, undefined), asked)',
    tests: overHttp,
  },
  {
    rule: 'a change compares the price that it names',
    file: 'packages/catalog-admin/src/admin/update-product.ts',
    find: 'const fields = withGivenPrice(existing, changedProduct(existing, request), price)',
    put: 'const fields = changedProduct(existing, request)\n      void [withGivenPrice, price]',
    tests: overHttp,
  },
  {
    rule: 'another amount forgets the price, so that nobody is charged the old one',
    file: 'packages/catalog/src/product-fields.ts',
    find: 'if (changed.stripePriceId !== existing.stripePriceId || !costsOtherwise(existing, changed)) return changed',
    put: 'if (existing.id > 0) return changed',
    tests: overHttp,
  },
  {
    rule: 'the file forgets a price that costs otherwise',
    file: 'packages/catalog-admin/src/config-file/sync-config-products.ts',
    find: 'const stripePriceId = kept ? existing.stripePriceId : undefined',
    put: 'const stripePriceId = kept || true ? existing?.stripePriceId : undefined',
    tests: ['services/cli/test/sync-named-prices.integration.test.ts'],
  },
  {
    rule: 'a price that the file names is not sold at before Stripe was asked what it charges',
    file: 'packages/catalog-admin/src/config-file/sync-config-products.ts',
    find: 'const { stripePriceId: _named, ...unpriced } = product\n  const fields: ProductFields = { ...unpriced, configManaged: true, ...keptIds(product, existing) }',
    put: 'const fields: ProductFields = { ...product, configManaged: true, ...keptIds(product, existing), ...(product.stripePriceId === undefined ? {} : { stripePriceId: product.stripePriceId }) }',
    tests: ['services/cli/test/sync-products.integration.test.ts'],
  },
  ...(
    [
      ['is active', 'price.active &&', ''],
      ['has the currency of the product', 'price.currency === product.currency &&', ''],
      ['has the amount of the product', 'price.unit_amount === product.unitAmountMinor &&', ''],
      ['recurs as the product does', 'price.recurring?.interval === recurring?.interval &&', ''],
      ['recurs as often as the product', 'price.recurring?.interval_count === recurring?.interval_count &&', ''],
      ["belongs to the product's own at Stripe", 'idOf(price.product) === stripeProduct?.id', 'stripeProduct !== null'],
    ] as const
  ).map(([what, find, put]) => ({
    rule: `a price at Stripe that the sync sells at ${what}`,
    file: 'packages/catalog-admin/src/sync/ensure-price.ts',
    find,
    put,
    tests: ['services/cli/test/sync-named-prices.integration.test.ts'],
  })),
]
