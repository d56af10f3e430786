import { Product, type ProductFields } from '@licenseoperator/catalog'
import type { Selectable } from 'kysely'
import { of, productColumns } from './columns.ts'
import { isAscii } from './is-ascii.ts'
import { duplicateKeyOf } from './mysql-error.ts'
import { presentOnly } from './present-only.ts'
import type { ProductsTable, Reader, Tx } from './schema.ts'

export async function findBySlug(db: Reader, slug: string): Promise<Product | undefined> {
  if (!isAscii(slug)) return undefined
  const row = await db.selectFrom('products').select(productColumns).where('slug', '=', slug).executeTakeFirst()
  return row && toProduct(row)
}

export async function findById(db: Reader, id: number): Promise<Product | undefined> {
  const row = await db.selectFrom('products').select(productColumns).where('id', '=', id).executeTakeFirst()
  return row && toProduct(row)
}

/**
 * The product that a storefront means: by lookup key, else by a Stripe price id (any it ever had), else by slug; active ones before
 * inactive ones, so that a lookup key that moved finds its present owner.
 */
export async function findByReference(db: Reader, reference: string): Promise<Product | undefined> {
  if (!isAscii(reference)) return undefined
  const byLookupKey = await db
    .selectFrom('products')
    .select(productColumns)
    .where('active_lookup_key', '=', reference)
    .executeTakeFirst()
  if (byLookupKey !== undefined) return toProduct(byLookupKey)
  const byPrice = await db
    .selectFrom('prices')
    .innerJoin('products', 'products.id', 'prices.product_id')
    .select(of('products', productColumns))
    .where('prices.stripe_price_id', '=', reference)
    .executeTakeFirst()
  if (byPrice !== undefined) return toProduct(byPrice)
  const byOwnPrice = await db
    .selectFrom('products')
    .select(productColumns)
    .where('stripe_price_id', '=', reference)
    .orderBy('active', 'desc')
    .orderBy('id')
    .executeTakeFirst()
  return byOwnPrice === undefined ? findBySlug(db, reference) : toProduct(byOwnPrice)
}

/** The product that Stripe knows under this product id; of several the active one, then the oldest. */
export async function findByStripeProduct(db: Reader, stripeProductId: string): Promise<Product | undefined> {
  const row = await db
    .selectFrom('products')
    .select(productColumns)
    .where('stripe_product_id', '=', stripeProductId)
    .orderBy('active', 'desc')
    .orderBy('id')
    .executeTakeFirst()
  return row && toProduct(row)
}

/**
 * Active products with that key that are not bundles themselves, those of `type` first, then the oldest.
 *
 * @param options.retired  also those that are sold no more, behind all others
 */
export async function findComponents(
  db: Reader,
  productKey: string,
  type: Product['type'],
  options: { readonly retired?: boolean } = {},
): Promise<Product[]> {
  const rows = await db
    .selectFrom('products')
    .select(productColumns)
    .where('product_key', '=', productKey)
    .where('active', 'in', options.retired === true ? [1, 0] : [1])
    .orderBy('active', 'desc')
    .orderBy('id')
    .execute()
  const candidates = rows.map(toProduct).filter((product) => product.bundledProducts.length === 0)
  const rank = (product: Product) => Number(product.type === type) + 2 * Number(product.active)
  return candidates.toSorted((a, b) => rank(b) - rank(a))
}

/** The public shop: active and not internal, subscriptions first, then by age. Bounded by the catalog's own size limit. */
export async function listPublic(db: Reader): Promise<Product[]> {
  const rows = await db
    .selectFrom('products')
    .select(productColumns)
    .where('active', '=', 1)
    .where('internal', '=', 0)
    .orderBy('created_at')
    .orderBy('id')
    .limit(CATALOG_LIMIT)
    .execute()
  const all = rows.map(toProduct)
  return [
    ...all.filter((product) => product.type === 'subscription'),
    ...all.filter((product) => product.type !== 'subscription'),
  ]
}

export async function listConfigManaged(db: Reader): Promise<Product[]> {
  const rows = await db
    .selectFrom('products')
    .select(productColumns)
    .where('config_managed', '=', 1)
    .orderBy('id')
    .limit(CATALOG_LIMIT)
    .execute()
  return rows.map(toProduct)
}

/** Every active product, for the sync to Stripe. */
export async function listActive(db: Reader): Promise<Product[]> {
  const rows = await db
    .selectFrom('products')
    .select(productColumns)
    .where('active', '=', 1)
    .orderBy('id')
    .limit(CATALOG_LIMIT)
    .execute()
  return rows.map(toProduct)
}

/** Products that are not sold any more and that Stripe knows, for the sync. */
export async function listInactiveAtStripe(db: Reader): Promise<Product[]> {
  const rows = await db
    .selectFrom('products')
    .select(productColumns)
    .where('active', '=', 0)
    .where('stripe_product_id', 'is not', null)
    .orderBy('id')
    .limit(CATALOG_LIMIT)
    .execute()
  return rows.map(toProduct)
}

/** More products than this are no catalog of one vendor; every list is bounded. */
const CATALOG_LIMIT = 1000

/** @returns the new product's id @throws see `takenName` */
export async function insert(tx: Tx, fields: ProductFields, now: Date): Promise<number> {
  const { insertId } = await tx
    .insertInto('products')
    .values({ ...toRow(fields), created_at: now, updated_at: now })
    .executeTakeFirstOrThrow()
  return Number(insertId)
}

/** Which of a product's unique names was taken, when that is why a write failed. */
export function takenName(error: unknown): 'slug' | 'lookupKey' | undefined {
  const key = duplicateKeyOf(error)
  if (key === 'products_by_slug') return 'slug'
  return key === 'products_by_active_lookup_key' ? 'lookupKey' : undefined
}

/** One page of the whole catalog, oldest first. */
export async function list(
  db: Reader,
  query: { includeInactive: boolean; includeInternal: boolean; limit: number; offset: number },
): Promise<{ items: Product[]; total: number }> {
  let matching = db.selectFrom('products')
  if (!query.includeInactive) matching = matching.where('active', '=', 1)
  if (!query.includeInternal) matching = matching.where('internal', '=', 0)
  const [rows, { total }] = await Promise.all([
    matching.select(productColumns).orderBy('created_at').orderBy('slug').limit(query.limit).offset(query.offset).execute(),
    matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ])
  return { items: rows.map(toProduct), total: Number(total) }
}

/** Seats in use: one per active product. */
export async function countActive(db: Reader): Promise<{ configManaged: number; custom: number }> {
  const rows = await db
    .selectFrom('products')
    .select((eb) => ['config_managed as configManaged', eb.fn.countAll<number>().as('count')])
    .where('active', '=', 1)
    .groupBy('config_managed')
    .execute()
  const of = (flag: number) => Number(rows.find((row) => row.configManaged === flag)?.count ?? 0)
  return { configManaged: of(1), custom: of(0) }
}

/** Reads the product and keeps others from changing it until the transaction ends. */
export async function findBySlugForUpdate(tx: Tx, slug: string): Promise<Product | undefined> {
  if (!isAscii(slug)) return undefined
  const row = await tx.selectFrom('products').select(productColumns).where('slug', '=', slug).forUpdate().executeTakeFirst()
  return row && toProduct(row)
}

export async function update(tx: Tx, id: number, fields: ProductFields, now: Date): Promise<void> {
  await tx
    .updateTable('products')
    .set((eb) => ({ ...toRow(fields), updated_at: now, revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

/**
 * Remembers what Stripe calls the product and its current price.
 *
 * @param revision  of the product that these ids were found for; given, nothing is written when it was changed since
 * @returns whether it was written
 */
export async function setStripeIds(
  tx: Tx,
  id: number,
  ids: { stripeProductId: string; stripePriceId: string | undefined },
  revision?: number,
): Promise<boolean> {
  const row = await tx.selectFrom('products').select('revision').where('id', '=', id).forUpdate().executeTakeFirst()
  if (row === undefined || (revision !== undefined && row.revision !== revision)) return false
  await tx
    .updateTable('products')
    .set({
      stripe_product_id: ids.stripeProductId,
      ...(ids.stripePriceId === undefined ? {} : { stripe_price_id: ids.stripePriceId }),
    })
    .where('id', '=', id)
    .execute()
  return true
}

/** Takes one license of the product's cap; false when the cap is reached. One conditional UPDATE: nothing counts first and inserts later. */
export async function takeLicense(tx: Tx, id: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('products')
    .set((eb) => ({ licenses_taken: eb('licenses_taken', '+', 1) }))
    .where('id', '=', id)
    .where((eb) => eb.or([eb('max_license_total', 'is', null), eb('licenses_taken', '<', eb.ref('max_license_total'))]))
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Gives one license back to the cap: a reservation was released or a license revoked. */
export async function giveBackLicense(tx: Tx, id: number): Promise<void> {
  await tx
    .updateTable('products')
    .set((eb) => ({ licenses_taken: eb('licenses_taken', '-', 1) }))
    .where('id', '=', id)
    .where('licenses_taken', '>', 0)
    .execute()
}

/** Counts a license again that was revoked and is restored: it was sold, so no cap is asked. */
export async function retakeLicense(tx: Tx, id: number): Promise<void> {
  await tx
    .updateTable('products')
    .set((eb) => ({ licenses_taken: eb('licenses_taken', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

/** What counts towards the product's cap: licenses sold plus live reservations. */
export async function licensesTaken(db: Reader, id: number): Promise<number> {
  const row = await db.selectFrom('products').select('licenses_taken').where('id', '=', id).executeTakeFirstOrThrow()
  return row.licenses_taken
}

function toProduct(row: Selectable<ProductsTable>): Product {
  return Product.parse(
    presentOnly({
      id: row.id,
      slug: row.slug,
      name: row.name,
      description: row.description,
      type: row.type,
      plan: row.plan,
      productKey: row.product_key,
      pricingMode: row.pricing_mode,
      active: row.active === 1,
      internal: row.internal === 1,
      configManaged: row.config_managed === 1,
      currency: row.currency,
      unitAmountMinor: row.unit_amount_minor,
      baseAmountMinor: row.base_amount_minor,
      billingInterval: row.billing_interval,
      billingIntervalCount: row.billing_interval_count,
      trialPeriodDays: row.trial_period_days,
      termDurationDays: row.term_duration_days,
      maxLicenseTotal: row.max_license_total,
      maxManagedProducts: row.max_managed_products,
      lookupKey: row.lookup_key,
      stripeProductId: row.stripe_product_id,
      stripePriceId: row.stripe_price_id,
      metadata: row.metadata,
      pricingTiers: row.pricing_tiers,
      bundledProducts: row.bundled_products,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      revision: row.revision,
    }),
  )
}

function toRow(fields: ProductFields) {
  return {
    slug: fields.slug,
    name: fields.name,
    description: fields.description ?? null,
    type: fields.type,
    plan: fields.plan,
    product_key: fields.productKey,
    pricing_mode: fields.pricingMode,
    active: fields.active,
    internal: fields.internal,
    config_managed: fields.configManaged,
    currency: fields.currency,
    unit_amount_minor: fields.unitAmountMinor,
    base_amount_minor: fields.baseAmountMinor,
    billing_interval: fields.billingInterval,
    billing_interval_count: fields.billingIntervalCount,
    trial_period_days: fields.trialPeriodDays,
    term_duration_days: fields.termDurationDays ?? null,
    max_license_total: fields.maxLicenseTotal ?? null,
    max_managed_products: fields.maxManagedProducts ?? null,
    lookup_key: fields.lookupKey ?? null,
    stripe_product_id: fields.stripeProductId ?? null,
    stripe_price_id: fields.stripePriceId ?? null,
    metadata: JSON.stringify(fields.metadata),
    pricing_tiers: JSON.stringify(fields.pricingTiers),
    bundled_products: JSON.stringify(fields.bundledProducts),
  }
}
