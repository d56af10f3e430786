import { type Caller, silentLog } from '@licenseoperator/domain'
import { type CheckoutRequest, createCheckoutSession } from '../src/session/create-checkout-session.ts'
import type { Counter } from './a-counter.ts'
import { settings } from './settings.ts'

export const ops: Caller = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }

export function member(name: string, group: string): Caller {
  return { identity: name, email: `${name}@${group}.example`, roles: [], groups: [group], scopes: undefined }
}

/** Starts a checkout of a group's member; without a word of what, of the product `rare`. */
export function orderOf(shop: Pick<Counter, 'deps'>, group = 'acme', request: Partial<CheckoutRequest> = {}, name = 'ada') {
  const { db, stripe, now } = shop.deps
  const deps = { db, stripe, settings, log: silentLog, now }
  return createCheckoutSession(deps, member(name, group), { lookupKey: 'rare', organizationName: group, ...request })
}

/** How many licenses of a product are sold or held. */
export async function licensesTaken(shop: Counter, slug = 'rare'): Promise<number | undefined> {
  const query = shop.database.db.selectFrom('products').select('licenses_taken').where('slug', '=', slug)
  return (await query.executeTakeFirst())?.licenses_taken
}
