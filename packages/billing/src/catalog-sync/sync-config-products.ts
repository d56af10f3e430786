import type { Coupon, Product, ProductFields } from '@licenseoperator/catalog'
import { audit, coupons, type Db, inTransaction, products, type Tx } from '@licenseoperator/db'

/** A product of the configuration file with its coupons. */
export interface ConfigProduct {
  readonly product: Omit<ProductFields, 'configManaged'>
  readonly coupons: readonly Omit<Coupon, 'id' | 'productId' | 'createdAt' | 'updatedAt'>[]
}

const CONFIG_FILE = { identity: 'config' }

/**
 * Makes the stored catalog say what the configuration file says: matches by slug, creates and updates, never deletes. A product that left the
 * file is deactivated and stays visible. What Stripe calls a product is kept where the file does not say.
 *
 * @returns slugs by what happened to them; an unchanged product is in neither list
 */
export async function syncConfigProducts(
  db: Db,
  wanted: readonly ConfigProduct[],
  now: Date,
): Promise<{ created: string[]; updated: string[]; deactivated: string[] }> {
  return inTransaction(db, async (tx) => {
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
  })
}

async function upsert(
  tx: Tx,
  { product, coupons: wantedCoupons }: ConfigProduct,
  now: Date,
): Promise<'created' | 'updated' | 'unchanged'> {
  const existing = await products.findBySlug(tx, product.slug)
  const fields: ProductFields = { ...product, configManaged: true, ...keptIds(product, existing) }
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
  const merged = { ...before, ...coupon.stripePromotion }
  return same({ ...discount, ...coupon.stripePromotion }, discount) ? merged : coupon.stripePromotion
}

function keptIds(product: ConfigProduct['product'], existing: Product | undefined): Partial<ProductFields> {
  const stripeProductId = product.stripeProductId ?? existing?.stripeProductId
  const stripePriceId = product.stripePriceId ?? existing?.stripePriceId
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
