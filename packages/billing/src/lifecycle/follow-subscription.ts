import { licenses, reading, stripeEvents, subscriptions } from '@licenseoperator/db'
import { deriveLicenses, lockPurchase } from '@licenseoperator/licensing'
import { readInvoice, readSubscription, type Subscription, unlessUnknown } from '@licenseoperator/stripe'
import { isForeignSale } from '@licenseoperator/terms'
import { type EventHandler, type EventOutcome, ignore, PROCESSOR, type ProcessDeps } from '../handling/event-handler.ts'
import { storeObserved } from './store-observed.ts'

/** A subscription changed or ended. What counts is the subscription as Stripe has it now: a late event must not bring an old state back. */
export const followSubscription: EventHandler = async (deps, event, arrived) =>
  follow(deps, arrived, readSubscription(event.object))

/** A period could not be paid. No license depends on that, since an unpaid period has none; the subscription's state is kept for whoever asks. */
export const followFailedInvoice: EventHandler = async (deps, event, arrived) => {
  const { subscriptionId } = readInvoice(event.object)
  if (subscriptionId === undefined) return ignore(deps, arrived, 'an unpaid invoice of no subscription')
  const subscription = await subscriptionNow(deps, subscriptionId)
  return subscription === undefined
    ? ignore(deps, arrived, 'an unpaid invoice of a subscription that is gone')
    : follow(deps, arrived, subscription)
}

async function follow(deps: ProcessDeps, arrived: stripeEvents.ArrivedEvent, asSent: Subscription): Promise<EventOutcome> {
  if (!(await isOurs(deps, asSent))) return ignore(deps, arrived, 'a subscription of another application')
  const now = deps.now()
  const first = await storeObserved(
    deps,
    () => reading(() => subscriptions.versionOf(deps.db, asSent.id)),
    async () => (await subscriptionNow(deps, asSent.id)) ?? asSent,
    async (tx, { id: subscriptionId, status, cancelAt, endedAt, endedReason }, version) => {
      await lockPurchase(tx, subscriptionId)
      // What had ended and has not, or ended at another instant, is looked at too.
      const before = await subscriptions.find(tx, subscriptionId)
      const stored = { subscriptionId, status, cancelAt, endedAt, endedReason }
      if (!(await subscriptions.put(tx, stored, version, now))) return 'overtaken'
      const first = await stripeEvents.markAs(tx, arrived, 'processed', now)
      const [earliest] = [endedAt, before?.endedAt].filter((at) => at !== undefined).sort((a, b) => Number(a) - Number(b))
      await deriveLicenses(tx, { subscriptionId, endedAt: earliest }, { policy: deps.policy, actor: PROCESSOR, now })
      return first
    },
  )
  return { kind: first ? 'processed' : 'already', eventId: arrived.eventId }
}

async function subscriptionNow({ stripe }: ProcessDeps, subscriptionId: string): Promise<Subscription | undefined> {
  const subscription = await unlessUnknown(stripe.subscriptions.retrieve(subscriptionId))
  return subscription && readSubscription(subscription)
}

/** Metadata can be edited at Stripe: a subscription that brought a license, or sells something of our catalog, stays ours. */
async function isOurs(deps: ProcessDeps, subscription: Subscription): Promise<boolean> {
  if (!(await isForeignSale(deps, subscription))) return true
  return (await reading(() => licenses.findOneOfSubscription(deps.db, subscription.id))) !== undefined
}
