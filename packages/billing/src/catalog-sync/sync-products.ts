import { createHash } from 'node:crypto'
import { type Coupon, type Product, stripeRecurring } from '@licenseoperator/catalog'
import { coupons, type Db, inTransaction, prices, products, reading } from '@licenseoperator/db'
import type { Stripe } from 'stripe'
import { isUnknownObject, translateStripeError } from '../stripe-client.ts'

export interface SyncAction {
  readonly slug: string
  readonly action:
    | 'product_created'
    | 'product_adopted'
    | 'product_updated'
    | 'price_created'
    | 'price_adopted'
    | 'promotion_created'
  readonly id: string
}

export interface SyncReport {
  readonly products: number
  readonly actions: readonly SyncAction[]
}

interface SyncDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly now: () => Date
}

/** Metadata key by which we know our products at Stripe. */
const SLUG = 'licenseoperator_slug'

/**
 * Brings Stripe's catalog in step with ours: product, price with its lookup key, coupon and promotion code. Adopts what is there already by
 * stored id or lookup key, never deletes; a second run does nothing.
 *
 * @param onAction  called after each change, for progress
 * @throws DomainError `temporarily_unavailable` when Stripe or MySQL is away; what was done until then stays and is found by the next run
 */
export async function syncProducts(
  deps: SyncDeps,
  onAction: (action: SyncAction) => void = () => undefined,
): Promise<SyncReport> {
  const actions: SyncAction[] = []
  const note = (action: SyncAction) => {
    actions.push(action)
    onAction(action)
  }
  try {
    const all = await reading(() => products.listActive(deps.db))
    for (const product of all) await syncProduct(deps, product, note)
    return { products: all.length, actions }
  } catch (error) {
    throw translateStripeError(error)
  }
}

/** Brings one product and its promotion codes in step. @throws what Stripe and MySQL throw */
export async function syncProduct(deps: SyncDeps, product: Product, note: Note = () => undefined): Promise<void> {
  const stripeProductId = await ensureProduct(deps, product, note)
  await ensurePrice(deps, { ...product, stripeProductId }, note)
  const own = await reading(() => coupons.listActiveOf(deps.db, [product.id]))
  for (const coupon of own.filter((one) => one.behavior === 'stripe_promotion'))
    await ensurePromotion(deps, product, coupon, note)
}

type Note = (action: SyncAction) => void

async function ensureProduct({ db, stripe }: SyncDeps, product: Product, note: Note): Promise<string> {
  const wanted = { name: product.name, ...(product.description === undefined ? {} : { description: product.description }) }
  const existing = await findProduct(stripe, product)
  if (existing === undefined) {
    const params = { ...wanted, metadata: { ...product.metadata, [SLUG]: product.slug } }
    // The key makes a run that was killed after this call find the same product in the next one.
    const created = await stripe.products.create(params, {
      idempotencyKey: `sync-product-${product.id}-${product.updatedAt.getTime()}`,
    })
    await inTransaction(db, (tx) =>
      products.setStripeIds(tx, product.id, { stripeProductId: created.id, stripePriceId: undefined }),
    )
    note({ slug: product.slug, action: 'product_created', id: created.id })
    return created.id
  }
  if (product.stripeProductId !== existing.id) {
    await inTransaction(db, (tx) =>
      products.setStripeIds(tx, product.id, { stripeProductId: existing.id, stripePriceId: undefined }),
    )
    note({ slug: product.slug, action: 'product_adopted', id: existing.id })
  }
  if (
    existing.name !== wanted.name ||
    (wanted.description !== undefined && existing.description !== wanted.description) ||
    !existing.active
  ) {
    await stripe.products.update(existing.id, { ...wanted, active: true })
    note({ slug: product.slug, action: 'product_updated', id: existing.id })
  }
  return existing.id
}

async function findProduct(stripe: Stripe, product: Product): Promise<Stripe.Product | undefined> {
  if (product.stripeProductId !== undefined) {
    try {
      return await stripe.products.retrieve(product.stripeProductId)
    } catch (error) {
      if (!isUnknownObject(error)) throw error
    }
  }
  const price = await findPrice(stripe, product)
  return price === undefined ? undefined : stripe.products.retrieve(idOf(price.product))
}

/** Amounts of a Stripe price never change: a new amount is a new price that takes the lookup key over, and the old one is archived. */
async function ensurePrice(
  { db, stripe, now }: SyncDeps,
  product: Product & { stripeProductId: string },
  note: Note,
): Promise<void> {
  const recurring = stripeRecurring(product.billingInterval, product.billingIntervalCount)
  const existing = await findPrice(stripe, product)
  if (existing?.active && isSamePrice(existing, product, recurring)) {
    if (existing.id === product.stripePriceId) return
    await remember(existing.id)
    note({ slug: product.slug, action: 'price_adopted', id: existing.id })
    return
  }
  const created = await stripe.prices.create(
    {
      product: product.stripeProductId,
      currency: product.currency,
      unit_amount: product.unitAmountMinor,
      lookup_key: lookupKeyOf(product),
      transfer_lookup_key: true,
      ...(recurring === undefined ? {} : { recurring }),
      metadata: { [SLUG]: product.slug },
    },
    { idempotencyKey: `sync-price-${product.id}-${priceWords(product)}-${product.updatedAt.getTime()}` },
  )
  await remember(created.id)
  if (existing?.active === true && existing.id !== created.id) await stripe.prices.update(existing.id, { active: false })
  note({ slug: product.slug, action: 'price_created', id: created.id })

  async function remember(stripePriceId: string): Promise<void> {
    const price = {
      stripePriceId,
      stripeProductId: product.stripeProductId,
      currency: product.currency,
      unitAmountMinor: product.unitAmountMinor,
      billingInterval: product.billingInterval,
      billingIntervalCount: product.billingIntervalCount,
    }
    await inTransaction(db, async (tx) => {
      await products.setStripeIds(tx, product.id, { stripeProductId: product.stripeProductId, stripePriceId })
      await prices.replace(tx, product.id, price, now())
    })
  }
}

async function findPrice(stripe: Stripe, product: Product): Promise<Stripe.Price | undefined> {
  const { data } = await stripe.prices.list({ lookup_keys: [lookupKeyOf(product)], limit: 1 })
  return data[0]
}

function isSamePrice(price: Stripe.Price, product: Product, recurring: ReturnType<typeof stripeRecurring>): boolean {
  return (
    price.currency === product.currency &&
    price.unit_amount === product.unitAmountMinor &&
    price.recurring?.interval === recurring?.interval &&
    price.recurring?.interval_count === recurring?.interval_count &&
    (product.stripeProductId === undefined || idOf(price.product) === product.stripeProductId)
  )
}

async function ensurePromotion({ db, stripe }: SyncDeps, product: Product, coupon: Coupon, note: Note): Promise<void> {
  const promotion = coupon.stripePromotion
  if (promotion === undefined || promotion.promotionId !== undefined) return
  const key = `sync-coupon-${coupon.id}-${discountWord(coupon)}-${coupon.updatedAt.getTime()}`
  const couponId = promotion.couponId ?? (await stripe.coupons.create(discountParams(coupon), { idempotencyKey: key })).id
  const code = await stripe.promotionCodes.create(
    {
      promotion: { type: 'coupon', coupon: couponId },
      code: coupon.code,
      ...(promotion.maxRedemptions === undefined ? {} : { max_redemptions: promotion.maxRedemptions }),
    },
    { idempotencyKey: `${key}-code` },
  )
  await inTransaction(db, (tx) => coupons.setStripePromotion(tx, coupon.id, { ...promotion, couponId, promotionId: code.id }))
  note({ slug: product.slug, action: 'promotion_created', id: code.id })
}

function discountParams({ code, stripePromotion: promotion }: Coupon): Stripe.CouponCreateParams {
  return {
    name: code.slice(0, 40),
    duration: promotion?.duration ?? 'once',
    ...(promotion?.percentOff === undefined ? {} : { percent_off: promotion.percentOff }),
    ...(promotion?.amountOff === undefined ? {} : { amount_off: promotion.amountOff }),
    ...(promotion?.currency === undefined ? {} : { currency: promotion.currency }),
    ...(promotion?.durationInMonths === undefined ? {} : { duration_in_months: promotion.durationInMonths }),
  }
}

/** What makes a discount another discount, as a short word: codes may hold letters that no header can carry. */
function discountWord({ code, stripePromotion }: Coupon): string {
  const { couponId: _coupon, promotionId: _code, ...discount } = stripePromotion ?? {}
  return createHash('sha256')
    .update(JSON.stringify([code, discount]))
    .digest('hex')
    .slice(0, 16)
}

/** What makes a price another price. */
function priceWords(product: Product): string {
  const { currency, unitAmountMinor, billingInterval, billingIntervalCount } = product
  return `${currency}-${unitAmountMinor}-${billingInterval}-${billingIntervalCount}`
}

function lookupKeyOf(product: Product): string {
  return product.lookupKey ?? product.slug
}

function idOf(product: string | { id: string }): string {
  return typeof product === 'string' ? product : product.id
}
