import { type Product, stripeRecurring } from '@licenseoperator/catalog'
import { inTransaction, prices, products } from '@licenseoperator/db'
import { idOf } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { lookupKeyOf } from './ensure-product.ts'
import { OUR_SLUG } from './stripe-catalog.ts'
import { change, Outdated, type SyncRun } from './sync-run.ts'

/**
 * Makes the product's price be at Stripe under its lookup key. Amounts of a Stripe price never change: a new amount is a new price that takes
 * the lookup key over, and the old one is archived. What we remember is written last, so that a run that was killed is taken up where it was.
 *
 * @param stripeProduct  undefined when a dry run would create the product
 * @param namedId        the price that the configuration file names, to sell at if it fits
 */
export async function ensurePrice(
  run: SyncRun,
  stored: Product,
  stripeProduct: Stripe.Product | undefined,
  namedId?: string,
): Promise<void> {
  const lookupKey = lookupKeyOf(stored)
  const holder = await run.stripeCatalog.priceWithKey(lookupKey)
  if (holder !== undefined && holder.id === stored.stripePriceId && fits(holder, stored, stripeProduct)) return
  const product = namedId === undefined ? stored : { ...stored, stripePriceId: namedId }
  const named = await findNamed(run, product, holder)
  if (named !== undefined && fits(named, product, stripeProduct)) {
    await giveKey(run, product, named, holder)
    await archiveFormerPrices(run, product, stripeProduct, named, holder)
  } else if (holder !== undefined && fits(holder, product, stripeProduct)) {
    run.note({ slug: product.slug, action: 'price_adopted', id: holder.id })
    await archiveFormerPrices(run, product, stripeProduct, holder, named)
  } else {
    const created = await replace(run, product, stripeProduct, holder)
    await archiveFormerPrices(run, product, stripeProduct, created, holder ?? named)
  }
}

/** The price that the product names, where it is another one than the holder of the lookup key. */
async function findNamed(run: SyncRun, { stripePriceId }: Product, holder: Stripe.Price | undefined) {
  return stripePriceId === undefined || stripePriceId === holder?.id ? undefined : run.stripeCatalog.price(stripePriceId)
}

async function giveKey(run: SyncRun, product: Product, price: Stripe.Price, holder: Stripe.Price | undefined): Promise<void> {
  const lookupKey = lookupKeyOf(product)
  const detail = holder === undefined ? lookupKey : `${lookupKey}, from ${holder.id}`
  await change(run, { slug: product.slug, action: 'lookup_key_transferred', id: price.id, detail }, () =>
    run.stripe.prices.update(price.id, { lookup_key: lookupKey, transfer_lookup_key: true }),
  )
  run.stripeCatalog.forgetPrice(price.id)
}

async function replace(
  run: SyncRun,
  product: Product,
  stripeProduct: Stripe.Product | undefined,
  holder: Stripe.Price | undefined,
): Promise<Stripe.Price | undefined> {
  const { slug } = product
  // Marked first: once the key has moved, a run that was killed would not know it for the old price any more.
  if (holder?.active === true && holder.metadata[OUR_SLUG] === undefined && !run.dryRun)
    await run.ask(() => run.stripe.prices.update(holder.id, { metadata: { [OUR_SLUG]: slug } }))
  const detail = `${describePrice(product)}${holder === undefined ? '' : `, takes lookup key ${lookupKeyOf(product)} over from ${holder.id}`}`
  const before = holder?.id ?? product.stripePriceId ?? 'new'
  return change(run, { slug, action: 'price_created', detail }, () =>
    run.stripe.prices.create(priceParams(product, stripeProduct), {
      idempotencyKey: `sync-price-${product.id}-${priceWords(product)}-${product.updatedAt.getTime()}-${before}`,
    }),
  )
}

/** The price of a product, to be made at Stripe. */
export function priceParams(product: Product, stripeProduct: Stripe.Product | undefined): Stripe.PriceCreateParams {
  const recurring = stripeRecurring(product.billingInterval, product.billingIntervalCount)
  return {
    ...(stripeProduct === undefined ? {} : { product: stripeProduct.id }),
    currency: product.currency,
    unit_amount: product.unitAmountMinor,
    lookup_key: lookupKeyOf(product),
    transfer_lookup_key: true,
    ...(recurring === undefined ? {} : { recurring }),
    metadata: { [OUR_SLUG]: product.slug },
  }
}

/**
 * Archives what the price takes the place of and remembers it.
 *
 * @param current  undefined when a dry run would create it
 * @param former   the price that was sold at until now
 */
async function archiveFormerPrices(
  run: SyncRun,
  product: Product,
  stripeProduct: Stripe.Product | undefined,
  current: Stripe.Price | undefined,
  former: Stripe.Price | undefined,
): Promise<void> {
  const { slug } = product
  const pricesOfProduct = stripeProduct === undefined ? [] : await run.stripeCatalog.activePricesOf(stripeProduct.id)
  const outdated = pricesOfProduct.filter((price) => price.metadata[OUR_SLUG] === slug || price.id === product.stripePriceId)
  if (former?.active === true && !outdated.some((price) => price.id === former.id) && isNobodyElses(former, slug))
    outdated.push(former)
  for (const price of outdated.filter(({ id }) => id !== current?.id)) {
    await change(run, { slug, action: 'price_archived', id: price.id }, async () => {
      // Stripe keeps the default price of a product from being archived.
      if (current !== undefined && stripeProduct !== undefined && stripeProduct.default_price === price.id)
        await run.stripe.products.update(stripeProduct.id, { default_price: current.id })
      return run.stripe.prices.update(price.id, { active: false })
    })
  }
  if (current !== undefined && stripeProduct !== undefined && !run.dryRun)
    await remember(run, product, stripeProduct.id, current.id)
}

/** A price without a mark is nobody's: another product of ours keeps its own. */
export function isNobodyElses({ metadata }: Stripe.Price, slug: string): boolean {
  return metadata[OUR_SLUG] === undefined || metadata[OUR_SLUG] === slug
}

/** The price given by hand is recorded as well, before its successor: it stays known to later invoices, and as superseded. */
async function remember({ db, now }: SyncRun, product: Product, stripeProductId: string, stripePriceId: string): Promise<void> {
  const { currency, unitAmountMinor, billingInterval, billingIntervalCount } = product
  const terms = { stripeProductId, currency, unitAmountMinor, billingInterval, billingIntervalCount }
  await inTransaction(db, async (tx) => {
    if (!(await products.setStripeIds(tx, product.id, { stripeProductId, stripePriceId }, product.revision))) throw new Outdated()
    if (product.stripePriceId !== undefined && product.stripePriceId !== stripePriceId)
      await prices.replace(tx, product.id, { ...terms, unitAmountMinor: undefined, stripePriceId: product.stripePriceId }, now())
    await prices.replace(tx, product.id, { ...terms, stripePriceId }, now())
  })
}

/** Whether a price at Stripe charges what the product costs, and is of its product there. */
export function fits(price: Stripe.Price, product: Product, stripeProduct: Stripe.Product | undefined): boolean {
  const recurring = stripeRecurring(product.billingInterval, product.billingIntervalCount)
  return (
    price.active &&
    price.currency === product.currency &&
    price.unit_amount === product.unitAmountMinor &&
    price.recurring?.interval === recurring?.interval &&
    price.recurring?.interval_count === recurring?.interval_count &&
    idOf(price.product) === stripeProduct?.id
  )
}

export function describePrice({ currency, unitAmountMinor, billingInterval, billingIntervalCount }: Product): string {
  const times = billingIntervalCount === 1 ? '' : `${billingIntervalCount} `
  return `${unitAmountMinor} ${currency}${billingInterval === 'one_time' ? '' : ` every ${times}${billingInterval}`}`
}

/** What makes a price another price. */
export function priceWords({ currency, unitAmountMinor, billingInterval, billingIntervalCount }: Product): string {
  return `${currency}-${unitAmountMinor}-${billingInterval}-${billingIntervalCount}`
}
