/** How the steps of a sync ask Stripe: one after another where they would meet a rate limit. */
export type Ask = <T>(request: () => Promise<T>) => Promise<T>
