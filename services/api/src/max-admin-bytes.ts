/** Largest body of a product or coupon, bytes: fifty metadata values, a hundred tiers and a description, written with escapes. */
export const MAX_ADMIN_BYTES = 256 * 1024
