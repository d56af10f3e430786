/** Names of locks, each with what follows one another under it. Who takes both of the catalog's takes them in this order. */
export type LockName =
  /** Every write of products: whether a bundle can be delivered depends on others. */
  | 'catalog'
  /** Active products against the operator license's seats: of two that want the last seat the second counts the first. */
  | 'catalog-seats'
  /** Licenses issued by hand for the same wish, by its digest. */
  | `issue:${string}`

/** Locks over the keys of an unbounded set, by what the keys are. */
export type LockFamily =
  /** Unpaid sessions of a group, and of whoever asks. */
  | 'checkout'
  /** Facts about a purchase: the subscription's id, else the payment intent's, else the issuance key. */
  | 'purchase'
