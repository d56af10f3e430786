import type { Product } from './product.ts'

/** How long a purchase of the product lasts. Dashboards know no third product type, so "perpetual" is a mark in the metadata of a one-off. */
export type LicenseMode = 'subscription' | 'one_off' | 'perpetual_manual' | 'perpetual_auto'

export function licenseModeOf(product: Pick<Product, 'type' | 'metadata'>): LicenseMode {
  if (product.metadata.license_type?.toLowerCase() === 'perpetual') {
    return product.metadata.maintenance?.toLowerCase() === 'auto' ? 'perpetual_auto' : 'perpetual_manual'
  }
  return product.type
}

/**
 * Whether a license is one of those that its product's cap (`max_license_total`) counts: what is sold once, for a term or for good. A subscription's period and
 * a trial are none.
 *
 * @param mode  of a sale, or the kind of a license
 */
export function isCapped(mode: LicenseMode | 'perpetual' | 'trial'): boolean {
  return mode !== 'subscription' && mode !== 'trial'
}
