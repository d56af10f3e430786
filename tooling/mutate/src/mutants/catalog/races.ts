import type { Mutant } from '../../mutant.ts'

const syncRaces = ['services/cli/test/sync-races.integration.test.ts']

/** A change and a sync at the same time end at the latest change. */
export const races: readonly Mutant[] = [
  {
    rule: "an administrator's change is not overwritten by an older sync",
    file: 'packages/db/src/products.ts',
    find: '(revision !== undefined && row.revision !== revision)',
    put: '(revision !== undefined && row.revision < 0)',
    tests: syncRaces,
  },
  {
    rule: 'every change of a product raises its revision',
    file: 'packages/db/src/products.ts',
    find: "revision: eb('revision', '+', 1)",
    put: "revision: eb('revision', '+', 0)",
    tests: syncRaces,
  },
  {
    rule: 'the sync names the revision that a price was found for',
    file: 'packages/catalog-admin/src/sync/ensure-price.ts',
    find: '{ stripeProductId, stripePriceId }, product.revision)',
    put: '{ stripeProductId, stripePriceId })',
    tests: syncRaces,
  },
  {
    rule: "a coupon's percentage is not turned back by an older sync",
    file: 'packages/db/src/coupons.ts',
    find: 'row.revision !== revision || row.deleted_at !== null',
    put: 'row.revision < 0',
    tests: syncRaces,
  },
  {
    rule: 'every change of a coupon raises its revision',
    file: 'packages/db/src/coupons.ts',
    find: "revision: eb('revision', '+', 1)",
    put: "revision: eb('revision', '+', 0)",
    tests: syncRaces,
  },
  {
    rule: 'a sync that was overtaken is done again for what is stored by then',
    file: 'packages/catalog-admin/src/sync/sync-products.ts',
    find: 'await syncLatest(deps, fresh, latest, latestCoupons, how, round + 1)',
    put: 'void latestCoupons',
    tests: syncRaces,
  },
  {
    rule: 'a product that is taken off sale while a sync is under way is not offered at Stripe',
    file: 'packages/catalog-admin/src/sync/sync-products.ts',
    find: 'if (!latest.active) return how.guard(latest.slug, () => archiveProduct(fresh, latest))',
    put: '',
    tests: syncRaces,
  },
  {
    rule: 'a product that a sync has made and could not remember is archived with ours',
    file: 'packages/catalog-admin/src/sync/ensure-product.ts',
    find: 'stored === undefined ? run.stripeCatalog.productOf(slug) :',
    put: 'stored === undefined ? undefined :',
    tests: syncRaces,
  },
]
