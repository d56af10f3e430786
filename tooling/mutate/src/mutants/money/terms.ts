import type { Mutant } from '../../mutant.ts'

const src = 'packages/terms/src'
const entitlement = { file: `${src}/entitlement-of.ts`, tests: [`${src}/entitlement-of.test.ts`] }
const metadata = { file: `${src}/purchase-metadata.ts`, tests: [`${src}/purchase-metadata.test.ts`] }
const key = { file: `${src}/issuance-key.ts`, tests: [`${src}/issuance-key.test.ts`] }
const seats = { file: `${src}/seats-of-price.ts`, tests: [`${src}/seats-of-price.test.ts`] }
const license = { file: `${src}/metadata-of-license.ts`, tests: [`${src}/metadata-of-license.test.ts`] }
const ourLine = { file: `${src}/our-line.ts`, tests: [`${src}/our-line.test.ts`] }

/** What a purchase means. */
export const termsMoney: readonly Mutant[] = [
  {
    rule: 'a purchase of our checkout that names no seats has no limit, whatever the product grants now',
    ...entitlement,
    find: ' || bought.license_mode !== undefined',
    put: '',
  },
  {
    rule: 'the seats of a bundle are those of its parts',
    ...entitlement,
    find: 'product.bundledProducts.length > 0 ? undefined : product.maxManagedProducts',
    put: 'product.maxManagedProducts',
  },
  {
    rule: 'a price that a license was sold on pays for the seats that were bought',
    ...entitlement,
    find: 'soldBefore.every(({ item }) => item.priceId !== line.priceId)',
    put: 'soldBefore.every(({ item }) => item.priceId !== undefined)',
  },
  {
    rule: 'a switch to another product takes no plan of the old one along',
    ...entitlement,
    find: 'plan: _plan, ',
    put: '',
  },
  {
    rule: 'the parts that were bought count, and not those of today',
    ...entitlement,
    find: 'metadata.bundle_parts ?? product?.bundledProducts.map(partOf)',
    put: 'product?.bundledProducts.map(partOf)',
  },
  {
    rule: 'no metadata is empty: Stripe reads that as an order to remove it',
    ...metadata,
    find: ".filter(([, value]) => value !== '')",
    put: '.filter(() => true)',
  },
  {
    rule: 'the seats that were bought are written down',
    ...metadata,
    find: "managed_products: purchase.seats === undefined ? '' : String(purchase.seats),",
    put: "managed_products: '',",
  },
  {
    rule: 'a purchase that names a reservation is ours, also where it cannot be read',
    ...metadata,
    find: 'if (metadata.reservation_id !== undefined) return false',
    put: '',
  },
  {
    rule: 'composition that cannot be read is no smaller bundle',
    ...metadata,
    find: 'if (parts !== undefined && !parts.success)',
    put: 'if (parts === null)',
  },
  {
    rule: 'each period of a subscription is a purchase of its own',
    ...key,
    find: '${subscriptionId}:${seconds}`',
    put: '${subscriptionId}`',
  },
  {
    rule: 'a period without a start brings no license',
    ...key,
    find: ' || seconds <= 0',
    put: '',
  },
  {
    rule: 'a flat tier pays for all seats up to its bound',
    ...seats,
    find: '- 1; seats > 0; seats -= 1)',
    put: '* 0 + 1; seats < 10_000; seats += 1)',
  },
  {
    rule: 'two units of a tier pay for twice its seats',
    ...seats,
    find: 'return seats * quantity',
    put: 'return seats',
  },
  {
    rule: 'a price that is the same for all seats says nothing of how many',
    ...seats,
    find: 'amountMinor <= 0 || priceOf(',
    put: 'amountMinor <= 0 && priceOf(',
  },
  {
    rule: 'a license tells the seats of one unit',
    ...license,
    find: 'Math.floor(license.seats / units)',
    put: 'license.seats',
  },
  {
    rule: 'a line is about the product of its price before anything else',
    ...ourLine,
    find: 'if (byPrice !== undefined) return byPrice',
    put: '',
  },
  {
    rule: "of several products under one of Stripe's a line is about the one that was bought",
    ...ourLine,
    find: '?.stripeProductId === stripeProductId) return',
    put: '?.stripeProductId === null) return',
  },
]
