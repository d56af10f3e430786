import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@licenseoperator/db'
import { Stripe } from 'stripe'
import { openStripeCatalog, type StripeCatalog } from './stripe-catalog.ts'

/** One change at Stripe, or of what we remember of it (`…_adopted`); in a dry run one that would be made. */
export interface SyncAction {
  readonly slug: string
  readonly action:
    | 'product_created'
    | 'product_adopted'
    | 'product_updated'
    | 'product_archived'
    | 'price_created'
    | 'price_adopted'
    | 'price_archived'
    | 'lookup_key_transferred'
    | 'coupon_created'
    | 'coupon_adopted'
    | 'promotion_created'
    | 'promotion_adopted'
    | 'promotion_activated'
    | 'promotion_deactivated'
  /** Stripe's; undefined for what a dry run would create. */
  readonly id: string | undefined
  /** What is special about it, for people: `takes lookup key core over from price_1`. */
  readonly detail?: string
}

export interface SyncDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly now: () => Date
  /** Writes nothing, neither at Stripe nor in MySQL; the actions are what would be done. */
  readonly dryRun?: boolean
}

/** What the steps of one sync share. */
export interface SyncRun {
  readonly db: Db
  readonly stripe: Stripe
  readonly now: () => Date
  readonly dryRun: boolean
  readonly theirs: StripeCatalog
  readonly note: (action: SyncAction) => void
  /** A request to Stripe that waits rate limits out. */
  readonly ask: Ask
}

export type Ask = <T>(request: () => Promise<T>) => Promise<T>

/** @param lookupKeys  of all products of this run, so that prices can be asked for ten at a time */
export function startRun(deps: SyncDeps, note: SyncRun['note'], lookupKeys: readonly string[]): SyncRun {
  return {
    db: deps.db,
    stripe: deps.stripe,
    now: deps.now,
    dryRun: deps.dryRun === true,
    theirs: openStripeCatalog(deps.stripe, waitOutRateLimit, lookupKeys),
    note,
    ask: waitOutRateLimit,
  }
}

/** Makes a change at Stripe and notes it; a dry run only notes it and has no object. */
export async function change<T extends { readonly id: string }>(
  run: SyncRun,
  action: Omit<SyncAction, 'id'> & { readonly id?: string },
  request: () => Promise<T>,
): Promise<T | undefined> {
  if (run.dryRun) {
    run.note({ id: undefined, ...action })
    return undefined
  }
  const made = await run.ask(request)
  run.note({ ...action, id: made.id })
  return made
}

const TRIES = 9
const LONGEST_PAUSE_MS = 10_000

/**
 * The SDK does not retry a rate limit, and Stripe gives no hint when to come back: full jitter below a bound that doubles from half a second
 * to ten, about 25 s on average in all and at most 50 s. The refused request was not executed, and its idempotency key not used up.
 */
async function waitOutRateLimit<T>(request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request()
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 429 || attempt === TRIES) throw error
      await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 250 * 2 ** attempt))
    }
  }
}
