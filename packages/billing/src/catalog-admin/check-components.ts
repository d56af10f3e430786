import { type ProductFields, refuseField } from '@licenseoperator/catalog'
import { products, type Tx } from '@licenseoperator/db'

/**
 * Every component of a bundle names an active product that is no bundle, and a tiered one says how many seats it grants.
 *
 * @throws DomainError `invalid_payload` naming the component
 */
export async function checkComponents(tx: Tx, fields: ProductFields): Promise<void> {
  for (const [index, { productKey, managedProducts }] of fields.bundledProducts.entries()) {
    const field = `bundledProducts[${index}]`
    const [part] = await products.findComponents(tx, productKey, fields.type)
    if (part === undefined || part.slug === fields.slug)
      throw refuseField(`${field}.productKey`, 'names no active product that is not a bundle itself')
    if (part.pricingMode === 'tiered' && managedProducts === undefined)
      throw refuseField(`${field}.managedProducts`, 'is required for a tiered component')
  }
}
