import type { Coupon, Product, ProductFields } from '@licenseoperator/catalog'
import { audit, coupons, type Db, inTransaction, prices, products, type Tx } from '@licenseoperator/db'
import { readCatalog, type StoredCatalog } from './sync-products.ts'

/** A product of the configuration file with its coupons. */
export interface ConfigProduct {
  readonly product: Omit<ProductFields, 'configManaged'>
  readonly coupons: readonly Omit<Coupon, 'id' | 'productId' | 'createdAt' | 'updatedAt'>[]
}

/** Slugs by what happened to them; an unchanged product is in no list. */
export interface ConfigChanges {
  readonly created: readonly string[]
  readonly updated: readonly string[]
  readonly deactivated: readonly string[]
}

const CONFIG_FILE = { identity: 'config' }

/**
 * Makes the stored catalog say what the configuration file says: matches by slug, creates and updates, never deletes. A product that left the
 * file is deactivated and stays visible. What Stripe calls a product is kept where the file does not say.
 */
export async function syncConfigProducts(db: Db, wanted: readonly ConfigProduct[], now: Date): Promise<ConfigChanges> {
  return inTransaction(db, (tx) => apply(tx, wanted, now))
}

/** What `syncConfigProducts` would change, and the catalog as it would be then: the transaction is rolled back. */
export async function planConfigProducts(
  db: Db,
  wanted: readonly ConfigProduct[],
  now: Date,
): Promise<{ file: ConfigChanges; catalog: StoredCatalog }> {
  try {
    return await inTransaction(db, async (tx) => {
      throw new Planned(await apply(tx, wanted, now), await readCatalog(tx))
    })
  } catch (error) {
    if (error instanceof Planned) return { file: error.file, catalog: error.catalog }
    throw error
  }
}

/** Carries the plan out of the transaction that it rolls back. */
class Planned extends Error {
  readonly file: ConfigChanges
  readonly catalog: StoredCatalog
  constructor(file: ConfigChanges, catalog: StoredCatalog) {
    super('rolled back: this was a plan')
    this.file = file
    this.catalog = catalog
  }
}

async function apply(tx: Tx, wanted: readonly ConfigProduct[], now: Date): Promise<ConfigChanges> {
  const report = { created: [] as string[], updated: [] as string[], deactivated: [] as string[] }
  const slugs = new Set(wanted.map((one) => one.product.slug))
  for (const gone of (await products.listConfigManaged(tx)).filter((one) => one.active && !slugs.has(one.slug))) {
    await change(tx, gone, { ...fieldsOf(gone), active: false }, now)
    report.deactivated.push(gone.slug)
  }
  for (const one of wanted) {
    const outcome = await upsert(tx, one, now)
    if (outcome !== 'unchanged') report[outcome].push(one.product.slug)
  }
  return report
}

async function upsert(
  tx: Tx,
  { product, coupons: wantedCoupons }: ConfigProduct,
  now: Date,
): Promise<'created' | 'updated' | 'unchanged'> {
  const existing = await products.findBySlug(tx, product.slug)
  const fields: ProductFields = { ...product, configManaged: true, ...(await keptIds(tx, product, existing)) }
  if (existing === undefined) {
    const id = await products.insert(tx, fields, now)
    await audit.record(tx, {
      at: now,
      caller: CONFIG_FILE,
      action: 'product.created',
      subject: `product:${product.slug}`,
      after: fields,
    })
    await upsertCoupons(tx, id, wantedCoupons, now)
    return 'created'
  }
  const couponsChanged = await upsertCoupons(tx, existing.id, wantedCoupons, now)
  if (same(fieldsOf(existing), fields)) return couponsChanged ? 'updated' : 'unchanged'
  await change(tx, existing, fields, now)
  return 'updated'
}

async function change(tx: Tx, existing: Product, fields: ProductFields, now: Date): Promise<void> {
  await products.update(tx, existing.id, fields, now)
  const subject = `product:${existing.slug}`
  await audit.record(tx, {
    at: now,
    caller: CONFIG_FILE,
    action: 'product.updated',
    subject,
    before: fieldsOf(existing),
    after: fields,
  })
}

async function upsertCoupons(tx: Tx, productId: number, wanted: ConfigProduct['coupons'], now: Date): Promise<boolean> {
  let changed = false
  for (const coupon of wanted) {
    const existing = (await coupons.findByCode(tx, coupon.code)).find((one) => one.productId === productId)
    const promotion = mergedPromotion(coupon, existing)
    const fields = { ...coupon, productId, ...(promotion === undefined ? {} : { stripePromotion: promotion }) }
    if (existing === undefined) await coupons.insert(tx, fields, now)
    else {
      const { id, createdAt: _createdAt, updatedAt: _updatedAt, ...before } = existing
      if (same(before, fields)) continue
      await coupons.update(tx, id, fields, now)
    }
    changed = true
  }
  return changed
}

/** Ids that Stripe gave stay with a coupon whose discount is still the same; a changed discount needs new ones. */
function mergedPromotion(coupon: ConfigProduct['coupons'][number], existing: Coupon | undefined): Coupon['stripePromotion'] {
  const before = existing?.stripePromotion
  if (coupon.stripePromotion === undefined || before === undefined) return coupon.stripePromotion
  const { couponId, promotionId, ...discount } = before
  // The file may name what exists at Stripe; where it does not, what was found or made there counts.
  const { couponId: namedCoupon = couponId, promotionId: namedCode = promotionId, ...wanted } = coupon.stripePromotion
  const unchanged = namedCoupon === couponId && namedCode === promotionId && same(wanted, discount)
  return unchanged ? before : coupon.stripePromotion
}

/** A price that the file names and the sync has replaced since, because its amount was another, does not come back with every run. */
async function keptIds(
  tx: Tx,
  product: ConfigProduct['product'],
  existing: Product | undefined,
): Promise<Pick<ProductFields, 'stripeProductId' | 'stripePriceId'>> {
  const stripeProductId = product.stripeProductId ?? existing?.stripeProductId
  const named = product.stripePriceId
  const replaced = named !== undefined && existing !== undefined && (await prices.isReplaced(tx, existing.id, named))
  const stripePriceId = replaced ? existing.stripePriceId : (named ?? existing?.stripePriceId)
  return {
    ...(stripeProductId === undefined ? {} : { stripeProductId }),
    ...(stripePriceId === undefined ? {} : { stripePriceId }),
  }
}

function fieldsOf(product: Product): ProductFields {
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, ...fields } = product
  return fields
}

/** Equal as data, whatever the order of keys. */
function same(left: object, right: object): boolean {
  return canonical(left) === canonical(right)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
