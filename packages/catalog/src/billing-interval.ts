/** `one_time` is the interval of one-off products; all others recur. */
export const billingIntervals = ['day', 'week', 'month', 'quarter', 'year', 'one_time'] as const
export type BillingInterval = (typeof billingIntervals)[number]

export function isRecurring(interval: BillingInterval): boolean {
  return interval !== 'one_time'
}

/**
 * The interval in Stripe's words; Stripe has no quarter, so it becomes three months.
 *
 * @returns `undefined` for `one_time`
 * @see https://docs.stripe.com/api/prices/create (recurring.interval)
 */
export function stripeRecurring(
  interval: BillingInterval,
  count: number,
): { interval: 'day' | 'week' | 'month' | 'year'; interval_count: number } | undefined {
  if (interval === 'one_time') return undefined
  if (interval === 'quarter') return { interval: 'month', interval_count: 3 * count }
  return { interval, interval_count: count }
}
