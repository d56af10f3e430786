/** Names of leases: work that one instance does at a time. */
export type LeaseName =
  /** Configuration file → MySQL → Stripe. */
  | 'catalog-sync'
  /** Comparing with Stripe, by the clock and by hand. */
  | 'reconcile'
