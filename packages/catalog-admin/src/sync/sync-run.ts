import type { Db } from '@licenseoperator/db'
import { waitOutRateLimit } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import type { Ask } from './ask.ts'
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
  /** Takes over what is at Stripe under a lookup key of ours and carries no mark of ours: somebody else may have made it. */
  readonly adopt?: boolean
}

/** Somebody changed the product or the coupon while the sync was at it: what was found out is about the past. */
export class Outdated extends Error {
  override readonly name = 'Outdated'
}

/** What the steps of one sync share. */
export interface SyncRun {
  readonly db: Db
  readonly stripe: Stripe
  readonly now: () => Date
  readonly dryRun: boolean
  readonly adopt: boolean
  readonly stripeCatalog: StripeCatalog
  readonly note: (action: SyncAction) => void
  /** A request to Stripe that waits rate limits out. */
  readonly ask: Ask
}

/** @param lookupKeys  of all products of this run, so that prices can be asked for ten at a time */
export function startRun(deps: SyncDeps, note: SyncRun['note'], lookupKeys: readonly string[]): SyncRun {
  return {
    db: deps.db,
    stripe: deps.stripe,
    now: deps.now,
    dryRun: deps.dryRun === true,
    adopt: deps.adopt === true,
    stripeCatalog: openStripeCatalog(deps.stripe, waitOutRateLimit, lookupKeys),
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
