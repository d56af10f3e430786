import type { Coupon, Product, ProductFields } from '@licenseoperator/catalog'
import * as products from '../products.ts'
import type { Db } from '../schema.ts'
import { inTransaction } from '../transaction.ts'

/** A one-off product with a year's term; a test names only what it is about. */
export function aProduct(fields: Partial<ProductFields> = {}): ProductFields {
  const slug = fields.slug ?? `product-${crypto.randomUUID()}`
  return {
    slug,
    name: 'Core',
    type: 'one_off',
    plan: 'core',
    productKey: 'core',
    pricingMode: 'fixed',
    active: true,
    internal: false,
    configManaged: false,
    currency: 'usd',
    unitAmountMinor: 21_900,
    baseAmountMinor: 21_900,
    billingInterval: fields.type === 'subscription' ? 'year' : 'one_time',
    billingIntervalCount: 1,
    trialPeriodDays: 0,
    lookupKey: slug,
    metadata: {},
    pricingTiers: [],
    bundledProducts: [],
    ...fields,
  }
}

/** A product as it is read back, without a database. */
export function aStoredProduct(fields: Partial<Product> = {}): Product {
  return {
    ...aProduct({ slug: 'core', ...fields }),
    id: 1,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    revision: 0,
    ...fields,
  }
}

/** A coupon of that product as it is read back: 25 % off, redeemed at Stripe. */
export function aStoredCoupon(fields: Partial<Coupon> = {}): Coupon {
  return {
    id: 1,
    productId: 1,
    code: 'LESS25',
    active: true,
    behavior: 'stripe_promotion',
    metadata: {},
    stripePromotion: { percentOff: 25, duration: 'once' },
    createdAt: new Date(0),
    updatedAt: new Date(0),
    revision: 0,
    ...fields,
  }
}

let newestMs = 0

/** Products that are made one after the other are so many milliseconds apart: lists are in the order of their age. */
export async function insertProduct(db: Db, fields: Partial<ProductFields> = {}): Promise<Product> {
  const product = aProduct(fields)
  newestMs = Math.max(newestMs + 1, Date.now())
  const now = new Date(newestMs)
  const id = await inTransaction(db, (tx) => products.insert(tx, product, now))
  const stored = await products.findById(db, id)
  if (stored === undefined) throw new Error('the product just inserted is not there')
  return stored
}
