/** Stripe's limits of metadata: ours and the coupon's together, of which the catalog lets a coupon have 30. @see https://docs.stripe.com/api/metadata */
const METADATA_KEYS_OF_A_CHECKOUT = 50
const LONGEST_METADATA_KEY = 40
export const LONGEST_METADATA_VALUE = 500

/**
 * A coupon's metadata as it travels beside our own in a checkout: what Stripe would refuse stays behind, because a coupon that was accepted once can be
 * used. Our keys win, and none of it turns a purchase into something else.
 *
 * @param checkoutMetadata  what the checkout says itself
 */
export function couponMetadataBeside(
  checkoutMetadata: Readonly<Record<string, string>>,
  { license_type: _type, original_license_id: _license, ...coupon }: Readonly<Record<string, string>>,
): Record<string, string> {
  const fits = ([key, value]: [string, string]): boolean =>
    !Object.hasOwn(checkoutMetadata, key) &&
    /^[^[\]]+$/.test(key) &&
    [...key].length <= LONGEST_METADATA_KEY &&
    value !== '' &&
    [...value].length <= LONGEST_METADATA_VALUE
  return Object.fromEntries(
    Object.entries(coupon)
      .filter(fits)
      .slice(0, METADATA_KEYS_OF_A_CHECKOUT - Object.keys(checkoutMetadata).length),
  )
}
