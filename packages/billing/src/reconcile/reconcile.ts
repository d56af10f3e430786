import { reading, stripeEvents } from '@licenseoperator/db'
import { assertSysadmin, type Caller } from '@licenseoperator/domain'
import { translateStripeError } from '@licenseoperator/stripe'
import type { ProcessDeps } from '../handling/event-handler.ts'
import { closeServed } from './close-served.ts'
import { feedMissedEvents, type MissedEvents } from './feed-missed-events.ts'
import type { ReconcileOptions } from './reconcile-options.ts'
import { type UnpaidLicense, unpaidLicenses } from './unpaid-licenses.ts'
import { type UnservedPurchase, unservedPurchases } from './unserved-purchases.ts'

export interface ReconcileReport {
  readonly since: Date
  readonly dryRun: boolean
  readonly events: Omit<MissedEvents, 'tellingOf' | 'young'>
  /** Paid for at Stripe, and no license here; repaired ones included. */
  readonly purchases: { readonly checked: number; readonly unserved: readonly UnservedPurchase[] }
  readonly licenses: { readonly unpaid: readonly UnpaidLicense[] }
  /** Every parked event that is Stripe's, whenever it came: each is a question that nobody has answered. */
  readonly parked: readonly stripeEvents.ListedEvent[]
  /** Messages put aside that nobody vouches for. Whoever may publish can make them: they say nothing about the books. */
  readonly refused: number
  /** True when nothing is missing (any more), apart from what an operator has discarded. */
  readonly agree: boolean
}

const PARKED_PER_RUN = 1000
/** How far scheduled runs keep from webhooks: what is under way has found its end by then. */
export const LEFT_ALONE_MS = 5 * 60_000

/**
 * Compares Stripe's books with ours and mends what is missing: events that never arrived are fed through the same path as all others; then payments are
 * compared with licenses, and not marks with marks: a purchase without a license is processed again even where its event is marked as done.
 *
 * Safe to repeat and to run beside everything else.
 *
 * @throws DomainError `forbidden`; `temporarily_unavailable` when Stripe or MySQL is away: what was mended until then stays; the signal's reason once it is given
 */
export async function reconcile(deps: ProcessDeps, caller: Caller, options: ReconcileOptions): Promise<ReconcileReport> {
  assertSysadmin(caller)
  try {
    const { tellingOf, young, ...events } = await feedMissedEvents(deps, options)
    const purchases = await unservedPurchases(deps, options, tellingOf, young)
    await closeServed(deps, options, PARKED_PER_RUN)
    const unpaid = await unpaidLicenses(deps, options)
    const [parked, refused] = await reading(() =>
      Promise.all([
        stripeEvents.list(deps.db, { status: 'parked', unverified: false }, PARKED_PER_RUN),
        stripeEvents.countRefused(deps.db),
      ]),
    )
    const agree =
      events.missing.length === events.repaired &&
      purchases.unserved.every(({ repaired, outcome }) => repaired || outcome === 'discarded') &&
      unpaid.length === 0 &&
      parked.length === 0
    const { since, dryRun } = options
    return { since, dryRun, events, purchases, licenses: { unpaid }, parked, refused, agree }
  } catch (error) {
    throw translateStripeError(error)
  }
}
