import type { Mutant } from '../../mutant.ts'

const sync = ['services/cli/test/sync-products.integration.test.ts']
const marks = ['services/cli/test/sync-marks.integration.test.ts']
const mayAdopt = 'packages/catalog-admin/src/sync/may-adopt.ts'
const ensureProduct = 'packages/catalog-admin/src/sync/ensure-product.ts'
const ensurePrice = 'packages/catalog-admin/src/sync/ensure-price.ts'

/** A lookup key alone makes nothing at Stripe ours: what carries no mark of ours is renamed, taken over or archived only when asked to. */
export const adoption: readonly Mutant[] = [
  {
    rule: 'what is under our lookup key and carries no mark is left alone without --adopt',
    file: mayAdopt,
    find: 'if (run.adopt) return',
    put: 'if (run !== undefined) return',
    tests: sync,
  },
  {
    rule: 'it is said what --adopt would do',
    file: mayAdopt,
    find: ', mark it as ours, and keep the price if it charges the same, else move the ',
    put: ', ',
    tests: sync,
  },
  {
    rule: "an administrator's product takes nothing over by its lookup key",
    file: 'packages/catalog-admin/src/admin/push-to-stripe.ts',
    find: 'syncProduct({ db, stripe, now }, product)',
    put: 'syncProduct({ db, stripe, now, adopt: true }, product)',
    tests: ['services/api/test/contract/lookup-key-of-others.test.ts'],
  },
  {
    rule: 'what another of our products is sold as is not renamed',
    file: ensureProduct,
    find: 'return (await reading(() => products.findBySlug(db, owner))) === undefined',
    put: 'return (await reading(() => products.findBySlug(db, owner))) !== null',
    tests: marks,
  },
  {
    rule: 'a product at Stripe without our mark is not archived with ours',
    file: ensureProduct,
    find: ' || existing.metadata[OUR_SLUG] !== slug) return',
    put: ') return',
    tests: marks,
  },
  {
    rule: "other prices of a product at Stripe are not archived: they are somebody else's",
    file: ensurePrice,
    find: 'pricesOfProduct.filter((price) => price.metadata[OUR_SLUG] === slug || price.id === product.stripePriceId)',
    put: 'pricesOfProduct.filter((price) => price.active || slug === product.stripePriceId)',
    tests: marks,
  },
  {
    rule: 'the price of another of our products is not archived',
    file: ensurePrice,
    find: ' && isNobodyElses(former, slug))',
    put: ' && isNobodyElses(former, former.metadata[OUR_SLUG] ?? slug))',
    tests: marks,
  },
  {
    rule: 'a promotion code of somebody else with other terms is not switched off',
    file: 'packages/catalog-admin/src/sync/ensure-promotion.ts',
    find: 'if (code.metadata?.[OUR_SLUG] !== product.slug) {',
    put: 'if (code.id === product.slug) {',
    tests: sync,
  },
]
