import type { ProductFields } from '@licenseoperator/catalog'
import type { CheckoutInput } from '@licenseoperator/stripe-emulator'
import type { Counter, Order } from './a-counter.ts'
import { promote } from './a-coupon.ts'
import { forgetAll } from './forget-all.ts'

/** One way to buy. */
export interface Kind {
  readonly name: string
  readonly product: Partial<ProductFields> & { slug: string }
  readonly order?: Partial<Order>
  readonly payer?: CheckoutInput
  /** `once`: one payment; `periods`: a subscription; `maintained`: perpetual. */
  readonly paid: 'once' | 'periods' | 'maintained' | 'maintained by subscription'
  /** Nothing is paid before the first renewal. */
  readonly startsFree?: boolean
}

const yearly = { type: 'subscription', billingInterval: 'year' } as const
const tiers: Partial<ProductFields> = {
  pricingMode: 'tiered',
  baseAmountMinor: 9900,
  pricingTiers: [{ upperBound: 10, amount: 12_000 }],
}
const perpetual = { license_type: 'perpetual' }
const parts = [
  { productKey: 'core', quantity: 1 },
  { productKey: 'agent', quantity: 2, managedProducts: 5 },
]

export const kinds: readonly Kind[] = [
  { name: 'one-off', product: { slug: 'once', maxLicenseTotal: 1000, termDurationDays: 365 }, paid: 'once' },
  {
    name: 'one-off by seats',
    product: { slug: 'seats', termDurationDays: 30, ...tiers },
    order: { managedProducts: 5 },
    paid: 'once',
  },
  {
    name: 'one-off by bank debit',
    product: { slug: 'debit', maxLicenseTotal: 900 },
    payer: { method: 'bank_debit' },
    paid: 'once',
  },
  { name: 'bundle', product: { slug: 'box', productKey: 'suite', bundledProducts: parts }, paid: 'once' },
  {
    name: 'perpetual, maintained by hand',
    product: { slug: 'forever', metadata: perpetual, maxLicenseTotal: 900 },
    paid: 'maintained',
  },
  {
    name: 'perpetual, maintained by subscription',
    product: { slug: 'auto', metadata: { ...perpetual, maintenance: 'auto', maintenance_price_lookup_key: 'maintenance-year' } },
    paid: 'maintained by subscription',
  },
  { name: 'subscription', product: { slug: 'year', ...yearly, maxManagedProducts: 10 }, paid: 'periods' },
  {
    name: 'subscription by quarter',
    product: { slug: 'quarter', ...yearly, billingInterval: 'quarter', maxManagedProducts: 4 },
    paid: 'periods',
  },
  {
    name: 'subscription by seats',
    product: { slug: 'team', ...yearly, ...tiers },
    order: { managedProducts: 5 },
    paid: 'periods',
  },
  {
    name: 'subscription with trial',
    product: { slug: 'tried', ...yearly, trialPeriodDays: 30, maxManagedProducts: 10 },
    paid: 'periods',
    startsFree: true,
  },
  {
    name: 'bundle subscription',
    product: { slug: 'box-year', ...yearly, productKey: 'suite', bundledProducts: parts },
    paid: 'periods',
  },
  {
    name: 'subscription with promotion',
    product: { slug: 'cheaper', ...yearly, maxManagedProducts: 10 },
    order: { couponCode: 'less25' },
    paid: 'periods',
  },
]

/** Puts every kind on sale, and what they refer to. */
export async function sellAll(shop: Counter): Promise<void> {
  for (const { product } of kinds) await shop.sell(product)
  await shop.sell({ slug: 'agent-part', productKey: 'agent' })
  await shop.sell({ slug: 'agent-part-year', productKey: 'agent', ...yearly })
  // What a change of plan leads to.
  await shop.sell({ slug: 'small', ...yearly, plan: 'small', unitAmountMinor: 900, maxManagedProducts: 3 })
  await promote(shop, 'cheaper', { code: 'less25' })
}

/** Everything as it was before the first purchase, here and at Stripe. */
export async function startOver(shop: Counter): Promise<void> {
  await forgetAll(shop)
  await shop.freezeAt(undefined)
  await shop.emulator.control.reset({ keepEndpoints: true })
  await stockStripe(shop)
}

/** Brings the emulator's catalog in step and adds the prices of maintenance. */
export async function stockStripe(shop: Counter): Promise<void> {
  await shop.syncCatalog()
  const { stripe } = shop.deps
  const { id } = await stripe.products.create({ name: 'Maintenance' })
  const price = { product: id, currency: 'usd', unit_amount: 4900 }
  await stripe.prices.create({ ...price, lookup_key: 'maintenance' })
  await stripe.prices.create({ ...price, lookup_key: 'maintenance-year', recurring: { interval: 'year' } })
}
