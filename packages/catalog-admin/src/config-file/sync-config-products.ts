import {
  type Coupon,
  type CouponFields,
  costsOtherwise,
  fieldsOfCoupon,
  fieldsOfProduct,
  type Product,
  type ProductFields,
} from '@licenseoperator/catalog'
import { coupons, type Db, inTransaction, prices, products, type Reader, type Tx } from '@licenseoperator/db'
import { DomainError, isDomainError } from '@licenseoperator/domain'
import { keepCouponsGood, restoreCoupon, storeCoupon } from '../admin/coupon-writes.ts'
import { refusingTakenNames } from '../admin/taken-names.ts'
import {
  type CatalogWriter,
  changeProduct,
  insertProduct,
  keepBundlesWhole,
  lockCatalog,
  retireProduct,
} from '../admin/write-product.ts'
import { readCatalog, type StoredCatalog } from '../sync/sync-products.ts'

/** A product of the configuration file with its coupons. */
export interface ConfigProduct {
  readonly product: Omit<ProductFields, 'configManaged'>
  readonly coupons: readonly Omit<CouponFields, 'productId'>[]
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
): Promise<{ file: ConfigChanges; catalog: StoredCatalog; named: ReadonlyMap<string, string> }> {
  try {
    return await inTransaction(db, async (tx) => {
      throw new Planned(await apply(tx, wanted, now), await readCatalog(tx), await namedPrices(tx, wanted))
    })
  } catch (error) {
    if (error instanceof Planned) return { file: error.file, catalog: error.catalog, named: error.named }
    throw error
  }
}

/** Carries the plan out of the transaction that it rolls back. */
class Planned extends Error {
  readonly file: ConfigChanges
  readonly catalog: StoredCatalog
  readonly named: ReadonlyMap<string, string>
  constructor(file: ConfigChanges, catalog: StoredCatalog, named: ReadonlyMap<string, string>) {
    super('rolled back: this was a plan')
    this.file = file
    this.catalog = catalog
    this.named = named
  }
}

async function apply(tx: Tx, wanted: readonly ConfigProduct[], now: Date): Promise<ConfigChanges> {
  const onSale = await lockCatalog(tx)
  // Whether a key has a signing key is the configuration's to know, and it has been asked.
  const writer = { caller: CONFIG_FILE, now, productKeys: undefined }
  const report = { created: [] as string[], updated: [] as string[], deactivated: [] as string[] }
  const slugs = new Set(wanted.map(({ product }) => product.slug))
  for (const gone of (await products.listConfigManaged(tx)).filter((product) => product.active && !slugs.has(product.slug))) {
    await retireProduct(tx, writer, gone)
    report.deactivated.push(gone.slug)
  }
  for (const configProduct of wanted) {
    const outcome = await naming(configProduct.product.slug, () => refusingTakenNames(() => upsert(tx, writer, configProduct)))
    if (outcome !== 'unchanged') report[outcome].push(configProduct.product.slug)
  }
  // Last, because a bundle may stand before its parts in the file.
  await keepBundlesWhole(tx, onSale)
  return report
}

async function upsert(
  tx: Tx,
  writer: CatalogWriter,
  { product, coupons: wantedCoupons }: ConfigProduct,
): Promise<'created' | 'updated' | 'unchanged'> {
  const existing = await products.findBySlugForUpdate(tx, product.slug)
  const { stripePriceId: _named, ...unpriced } = product
  const fields: ProductFields = { ...unpriced, configManaged: true, ...keptIds(product, existing) }
  if (existing === undefined) {
    const id = await insertProduct(tx, writer, fields)
    await upsertCoupons(tx, writer, { ...fields, id }, wantedCoupons)
    return 'created'
  }
  const couponsChanged = await upsertCoupons(tx, writer, { ...fields, id: existing.id }, wantedCoupons)
  if (same(fieldsOfProduct(existing), fields)) return couponsChanged ? 'updated' : 'unchanged'
  await changeProduct(tx, writer, existing, fields)
  await keepCouponsGood(tx, existing, fields)
  return 'updated'
}

async function upsertCoupons(
  tx: Tx,
  writer: CatalogWriter,
  product: ProductFields & { id: number },
  wanted: ConfigProduct['coupons'],
): Promise<boolean> {
  let changed = false
  for (const coupon of wanted) {
    const existing = await coupons.findByProductAndCode(tx, product.id, coupon.code)
    const promotion = mergedPromotion(coupon, existing)
    const fields = { ...coupon, productId: product.id, ...(promotion === undefined ? {} : { stripePromotion: promotion }) }
    if (existing !== undefined && same(fieldsOfCoupon(existing), fields)) continue
    await naming<unknown>(coupon.code, () =>
      existing === undefined ? storeCoupon(tx, writer, product, fields) : restoreCoupon(tx, writer, product, existing, fields),
    )
    changed = true
  }
  return changed
}

/** A refusal says which product or coupon of the file it is about. */
async function naming<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isDomainError(error, 'invalid_payload')) throw error
    throw new DomainError('invalid_payload', `${name}: ${error.message}`, { cause: error })
  }
}

/** Ids that Stripe gave stay with a coupon whose discount is still the same; a changed discount needs new ones. */
export function mergedPromotion(
  coupon: ConfigProduct['coupons'][number],
  existing: Coupon | undefined,
): Coupon['stripePromotion'] {
  const before = existing?.stripePromotion
  if (coupon.stripePromotion === undefined || before === undefined) return coupon.stripePromotion
  const { couponId, promotionId, ...discount } = before
  // The file may name what exists at Stripe; where it does not, what was found or made there counts.
  const { couponId: namedCoupon = couponId, promotionId: namedCode = promotionId, ...wanted } = coupon.stripePromotion
  const unchanged = namedCoupon === couponId && namedCode === promotionId && same(wanted, discount)
  return unchanged ? before : coupon.stripePromotion
}

/**
 * The price is kept while it costs what the file says. One that the file names is not sold at before Stripe was asked what it charges: the sync
 * does that, see `namedPrices`.
 */
export function keptIds(
  product: ConfigProduct['product'],
  existing: Product | undefined,
): Pick<ProductFields, 'stripeProductId' | 'stripePriceId'> {
  const stripeProductId = product.stripeProductId ?? existing?.stripeProductId
  const kept = existing !== undefined && !costsOtherwise(existing, { ...product, configManaged: true })
  const stripePriceId = kept ? existing.stripePriceId : undefined
  return {
    ...(stripeProductId === undefined ? {} : { stripeProductId }),
    ...(stripePriceId === undefined ? {} : { stripePriceId }),
  }
}

/**
 * Prices that the file names, by slug, for the sync to look at. One that was sold at and has been replaced since, because its amount was another,
 * does not come back with every run.
 */
export async function namedPrices(db: Reader, wanted: readonly ConfigProduct[]): Promise<ReadonlyMap<string, string>> {
  const named = new Map<string, string>()
  for (const { product } of wanted) {
    if (product.stripePriceId === undefined) continue
    const existing = await products.findBySlug(db, product.slug)
    if (existing === undefined || !(await prices.isReplaced(db, existing.id, product.stripePriceId)))
      named.set(product.slug, product.stripePriceId)
  }
  return named
}

/** Equal as data, whatever the order of keys. */
export function same(left: object, right: object): boolean {
  return canonical(left) === canonical(right)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
