import type { Db } from '@licenseoperator/db'
import type { Stripe } from 'stripe'

/** What a reader of terms asks: our catalog and licenses, and Stripe for what an event leaves out. */
export interface TermsDeps {
  readonly db: Db
  readonly stripe: Stripe
}
