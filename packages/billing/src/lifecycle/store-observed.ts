import { inTransaction, type Tx } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import type { ProcessDeps } from '../handling/event-handler.ts'

const ATTEMPTS = 5

/**
 * Stores the present state of a Stripe object, however late and in whatever order its events arrive. Stripe promises no order and its objects carry no
 * version, so an event only says what to look at. Between reading our own version and writing, Stripe is asked; when somebody else wrote meanwhile,
 * it is asked again. Whoever writes last has therefore asked after everybody who wrote before.
 *
 * @param version  how often the object was written, read before Stripe is asked
 * @param ask      the present state
 * @param store    writes it when the version is still the same, as its first write; else answers `overtaken`
 * @throws DomainError `temporarily_unavailable` when it is overtaken again and again
 * @see https://docs.stripe.com/webhooks#event-ordering
 */
export async function storeObserved<T, R>(
  { db }: Pick<ProcessDeps, 'db'>,
  version: () => Promise<number>,
  ask: () => Promise<T>,
  store: (tx: Tx, state: T, version: number) => Promise<R | 'overtaken'>,
): Promise<R> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const before = await version()
    const state = await ask()
    const outcome = await inTransaction(db, (tx) => store(tx, state, before))
    if (outcome !== 'overtaken') return outcome
  }
  throw new DomainError('temporarily_unavailable', 'an object of Stripe changes faster than it can be stored')
}
