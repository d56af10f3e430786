import {
  bundleProblems,
  checkProduct,
  fieldsOfProduct,
  type Product,
  type ProductFields,
  refuseFirst,
} from '@licenseoperator/catalog'
import { audit, locks, products, type Tx } from '@licenseoperator/db'
import { type Caller, DomainError } from '@licenseoperator/domain'
import { recordGivenPrice } from './given-price.ts'

/** What a write of the catalog is recorded under and judged by. */
export interface CatalogWriter {
  readonly caller: Pick<Caller, 'identity' | 'requestId'>
  readonly now: Date
  /** Lower-case, those with a signing key; `undefined` where they are not known. */
  readonly productKeys: readonly string[] | undefined
}

/**
 * First in every transaction that writes products: whether a bundle can be delivered depends on other products, so such writes follow one another.
 *
 * @returns what is on sale before the write, for `keepBundlesWhole`
 */
export async function lockCatalog(tx: Tx): Promise<readonly Product[]> {
  await locks.take(tx, 'catalog')
  return products.listActive(tx)
}

/** @returns the new product's id @throws DomainError `invalid_payload` naming the field; see also `products.takenName` */
export async function insertProduct(tx: Tx, { caller, now, productKeys }: CatalogWriter, fields: ProductFields): Promise<number> {
  checkProduct(fields, productKeys)
  const id = await products.insert(tx, fields, now)
  await recordGivenPrice(tx, id, fields, now)
  await audit.record(tx, { at: now, caller, action: 'product.created', subject: `product:${fields.slug}`, after: fields })
  return id
}

/** @throws DomainError `invalid_payload` naming the field; see also `products.takenName` */
export async function changeProduct(tx: Tx, writer: CatalogWriter, existing: Product, fields: ProductFields): Promise<void> {
  checkProduct(fields, writer.productKeys)
  await storeChange(tx, writer, existing, fields)
  await recordGivenPrice(tx, existing.id, fields, writer.now)
}

/** Takes a product off sale, also one that the rules of today would refuse. */
export function retireProduct(tx: Tx, writer: CatalogWriter, existing: Product): Promise<void> {
  return storeChange(tx, writer, existing, { ...fieldsOfProduct(existing), active: false })
}

async function storeChange(tx: Tx, { caller, now }: CatalogWriter, existing: Product, fields: ProductFields): Promise<void> {
  await products.update(tx, existing.id, fields, now)
  const [before, subject] = [fieldsOfProduct(existing), `product:${existing.slug}` as const]
  await audit.record(tx, { at: now, caller, action: 'product.updated', subject, before, after: fields })
}

/**
 * Last in every transaction that writes products: no bundle is on sale that could not be delivered, whether by its own change or by a part's. One that
 * was broken before keeps nobody from changing something else.
 *
 * @param onSale   from `lockCatalog`
 * @param written  the product of this write, with what it was before; without one the refusal names the bundle
 * @throws DomainError `invalid_payload` naming the component of the bundle that was written, or what of the part keeps another bundle from working
 */
export async function keepBundlesWhole(
  tx: Tx,
  onSale: readonly Product[],
  written?: { before: Product | undefined; after: ProductFields },
): Promise<void> {
  const brokenBefore = new Set(
    onSale.filter((product) => bundleProblems(product, onSale).length > 0).map((product) => product.slug),
  )
  const active = await products.listActive(tx)
  for (const bundle of active) {
    const problems = bundleProblems(bundle, active)
    if (bundle.slug === written?.after.slug) refuseFirst(problems)
    if (problems.length === 0 || brokenBefore.has(bundle.slug)) continue
    throw brokenBundle(bundle.slug, written?.before === undefined ? undefined : changedField(written.before, written.after))
  }
}

function brokenBundle(slug: string, field?: string): DomainError {
  const reason = `the bundle ${slug}, which is on sale, could not be delivered any more`
  return field === undefined
    ? new DomainError('invalid_payload', `invalid payload: ${reason}`)
    : new DomainError('invalid_payload', `invalid payload: ${field} cannot be changed: ${reason}`, { field })
}

/** Which change of a part keeps its bundles from working: what of it they rely on. */
export function changedField(before: Product, after: ProductFields): string {
  if (!after.active) return 'active'
  if (before.productKey !== after.productKey) return 'productKey'
  return after.bundledProducts.length > 0 ? 'bundledProducts' : 'pricingMode'
}
