import type { Coupon, Product } from '@licenseoperator/catalog'
import { coupons, products, type Reader, reading } from '@licenseoperator/db'
import { DomainError, isDomainError } from '@licenseoperator/domain'
import { isRefusal, translateStripeError } from '@licenseoperator/stripe'
import { Stripe } from 'stripe'
import { ensurePrice } from './ensure-price.ts'
import { archiveProduct, ensureProduct, lookupKeyOf } from './ensure-product.ts'
import { ensurePromotion, retirePromotion } from './ensure-promotion.ts'
import { assertMayAdopt } from './may-adopt.ts'
import { Outdated, type SyncAction, type SyncDeps, type SyncRun, startRun } from './sync-run.ts'

/** What is to be at Stripe. */
export interface StoredCatalog {
  readonly active: readonly Product[]
  /** Not sold any more, with a product at Stripe. */
  readonly inactive: readonly Product[]
  /** Of all of them, whether active or not. */
  readonly coupons: readonly Coupon[]
}

export interface SyncReport {
  /** Active products. */
  readonly products: number
  readonly actions: readonly SyncAction[]
  /** What Stripe did not take, with a sentence for the operator; the rest of the catalog was synced all the same. */
  readonly refused: readonly { readonly slug: string; readonly reason: string; readonly coupon?: string }[]
}

export interface SyncOptions {
  /** Default: what is stored. */
  readonly catalog?: StoredCatalog
  /** Called before the first product and after each, for progress. */
  readonly onProgress?: (done: number, total: number) => void
  /** Prices that the file names, by slug: those to sell at where they charge what the product costs. */
  readonly named?: ReadonlyMap<string, string>
  /** Ends the run between two products. */
  readonly signal?: AbortSignal
}

export async function readCatalog(db: Reader): Promise<StoredCatalog> {
  const active = await products.listActive(db)
  const inactive = await products.listInactiveAtStripe(db)
  return {
    active,
    inactive,
    coupons: await coupons.listAllOf(
      db,
      [...active, ...inactive].map((product) => product.id),
    ),
  }
}

/**
 * Brings Stripe's catalog in step with ours: product, price with its lookup key, coupon and promotion code. Adopts what is there already by
 * stored id, metadata or lookup key, never deletes; a second run does nothing. One request at a time, so that checkouts keep their share of
 * the account's rate limit.
 *
 * @param onAction  called after each change, for progress
 * @throws DomainError `temporarily_unavailable` when Stripe or MySQL is away; what was done until then stays and is found by the next run
 */
export async function syncProducts(
  deps: SyncDeps,
  onAction: (action: SyncAction) => void = () => undefined,
  options: SyncOptions = {},
): Promise<SyncReport> {
  const actions: SyncAction[] = []
  const refused: { slug: string; reason: string; coupon?: string }[] = []
  const unlessRefused: Guard = async (slug, work, coupon) => {
    try {
      await work()
    } catch (error) {
      const reason = refusalOf(error)
      if (reason === undefined) throw error
      refused.push({
        slug,
        reason: coupon === undefined ? reason : `coupon ${coupon}: ${reason}`,
        ...(coupon === undefined ? {} : { coupon }),
      })
    }
  }
  try {
    const catalog = options.catalog ?? (await reading(() => readCatalog(deps.db)))
    const note = (action: SyncAction) => {
      actions.push(action)
      onAction(action)
    }
    const run = startRun(deps, note, catalog.active.map(lookupKeyOf))
    const total = catalog.active.length
    options.onProgress?.(0, total)
    if (total + catalog.inactive.length > 0) await run.stripeCatalog.walkProducts()
    await retire(run, catalog, unlessRefused)
    for (const [index, product] of catalog.active.entries()) {
      options.signal?.throwIfAborted()
      const couponsOfProduct = catalog.coupons.filter((coupon) => coupon.productId === product.id)
      const named = options.named?.get(product.slug)
      await syncLatest(deps, run, product, couponsOfProduct, { guard: unlessRefused, named })
      options.onProgress?.(index + 1, total)
    }
    return { products: total, actions, refused }
  } catch (error) {
    throw translateStripeError(error)
  }
}

/** Brings one product and its promotion codes in step. @throws what Stripe and MySQL throw */
export async function syncProduct(
  deps: SyncDeps,
  product: Product,
  onAction: (action: SyncAction) => void = () => undefined,
): Promise<void> {
  const couponsOfProduct = await reading(() => coupons.listActiveOf(deps.db, [product.id]))
  await syncLatest(deps, startRun(deps, onAction, [lookupKeyOf(product)]), product, couponsOfProduct, {
    guard: (_slug, work) => work(),
    named: undefined,
  })
}

/** @param coupon  code of the coupon that the work is about */
type Guard = (slug: string, work: () => Promise<void>, coupon?: string) => Promise<void>

interface SyncHow {
  readonly guard: Guard
  /** The price at Stripe that the file names. */
  readonly named: string | undefined
}

/** Changes of one product that may overtake one sync of it; more than this is left to the next sync. */
const MOST_ROUNDS = 5

/**
 * Ends at the latest change: when the product or a coupon was changed while the sync was at it, what was done at Stripe may be about the past, and is
 * done again for what is stored by then.
 */
async function syncLatest(
  deps: SyncDeps,
  run: SyncRun,
  product: Product,
  couponsOfProduct: readonly Coupon[],
  how: SyncHow,
  round = 1,
): Promise<void> {
  try {
    return await syncOne(run, product, couponsOfProduct, how)
  } catch (error) {
    if (!(error instanceof Outdated)) throw error
  }
  if (round === MOST_ROUNDS)
    throw new DomainError('temporarily_unavailable', `${product.slug} is being changed all the time`, { retryAfterSeconds: 5 })
  const latest = await reading(() => products.findById(deps.db, product.id))
  if (latest === undefined) return
  const fresh = startRun(deps, run.note, [lookupKeyOf(latest)])
  if (!latest.active) return how.guard(latest.slug, () => archiveProduct(fresh, latest))
  const latestCoupons = await reading(() => coupons.listActiveOf(deps.db, [latest.id]))
  await syncLatest(deps, fresh, latest, latestCoupons, how, round + 1)
}

async function syncOne(
  run: SyncRun,
  product: Product,
  couponsOfProduct: readonly Coupon[],
  { guard, named }: SyncHow,
): Promise<void> {
  await guard(product.slug, async () => {
    await assertMayAdopt(run, product, named)
    await ensurePrice(run, product, await ensureProduct(run, product), named)
  })
  for (const coupon of couponsOfProduct.filter(isPromoted))
    await guard(product.slug, () => ensurePromotion(run, product, coupon), coupon.code)
}

/** First what is not sold any more, so that its codes are free for others. What something active uses as well stays. */
async function retire(run: SyncRun, { active, inactive, coupons: all }: StoredCatalog, guard: Guard): Promise<void> {
  const sold = new Map(active.map((product) => [product.id, product.slug]))
  const slugs = new Map([...active, ...inactive].map((product) => [product.id, product.slug]))
  const promoted = all.filter((coupon) => isPromoted(coupon) && sold.has(coupon.productId))
  const inUse = new Set([
    ...active.map((product) => product.stripeProductId),
    ...promoted.map((coupon) => coupon.stripePromotion?.promotionId),
  ])
  for (const product of inactive.filter(({ stripeProductId }) => !inUse.has(stripeProductId)))
    await guard(product.slug, () => archiveProduct(run, product))
  for (const coupon of all.filter((candidate) => !promoted.includes(candidate))) {
    const promotionId = coupon.stripePromotion?.promotionId
    const slug = slugs.get(coupon.productId)
    if (promotionId !== undefined && slug !== undefined && !inUse.has(promotionId))
      await guard(slug, () => retirePromotion(run, slug, promotionId), coupon.code)
  }
}

/** Whether Stripe has a code for the coupon to redeem. */
export function isPromoted(coupon: Coupon): boolean {
  return coupon.active && coupon.behavior === 'stripe_promotion'
}

/** Why Stripe did not take one thing; undefined for what ends the whole run. Stripe's own sentence may hold what customers typed, so it stays out. */
export function refusalOf(error: unknown): string | undefined {
  if (isDomainError(error, 'invalid_payload')) return error.message
  if (!isRefusal(error) || !(error instanceof Stripe.errors.StripeError)) return undefined
  const where = error.param === undefined ? '' : ` (${error.param})`
  return `Stripe refused it: ${error.code ?? error.rawType ?? error.type}${where}`
}
