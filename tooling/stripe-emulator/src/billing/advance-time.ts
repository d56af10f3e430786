import { byItself, type Emulation } from '../core/emulation.ts'
import type { Invoice, Subscription } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { collectInvoice, setStatus } from './dunning.ts'
import { endSubscription } from './end-subscription.ts'
import { voidInvoice } from './invoice-events.ts'
import { previewInvoice } from './preview-invoice.ts'
import { beginPeriod, chargeRenewal } from './renew-subscription.ts'

const hourS = 60 * 60
const dayS = 24 * hourS

interface Due {
  readonly at: number
  readonly happen: () => void
}

/**
 * Lets everything happen to these subscriptions that falls due in a span of time, in time order and each at its own instant: trials that will end, ends that were
 * planned, next periods with their draft invoice, its charge an hour later, and further tries of charges that failed.
 *
 * @param present  runs work at an instant (Unix seconds): on a test clock, or with the emulator's own clock moved there
 */
export function runDue(
  emulation: Emulation,
  subscriptions: () => readonly Subscription[],
  until: number,
  present: (at: number, work: () => void) => void,
): void {
  for (;;) {
    const next = subscriptions()
      .flatMap((subscription) => dueOf(emulation, subscription))
      .filter(({ at }) => at <= until)
      .sort((one, other) => one.at - other.at)[0]
    if (next === undefined) return
    present(next.at, next.happen)
  }
}

function dueOf(emulation: Emulation, subscription: Subscription): Due[] {
  if (subscription.ended_at !== null) return []
  if (subscription.status === 'incomplete') {
    const expire = () => expireIncomplete(emulation, subscription)
    return [{ at: subscription.created + 23 * hourS, happen: expire }]
  }
  if (subscription.status === 'paused') return []
  const due: Due[] = []
  const periodEnd = Math.max(...subscription.items.data.map((item) => item.current_period_end))
  const { cancel_at: cancelAt, trial_end: trialEnd } = subscription
  const { toldAhead } = emulation.store
  if (cancelAt !== null && cancelAt < periodEnd)
    due.push({ at: cancelAt, happen: () => void endSubscription(emulation, subscription, byItself, 'cancellation_requested') })
  if (subscription.status === 'trialing' && trialEnd !== null && !toldAhead.has(`trial ${subscription.id}`))
    due.push({
      at: trialEnd - 3 * dayS,
      happen: () => {
        toldAhead.add(`trial ${subscription.id}`)
        emit(emulation, byItself, 'customer.subscription.trial_will_end', subscription)
      },
    })
  due.push(...upcomingInvoice(emulation, subscription, periodEnd))
  due.push({ at: periodEnd, happen: () => void beginPeriod(emulation, subscription) })
  for (const invoice of openInvoices(emulation, subscription)) {
    if (invoice.status === 'draft' && invoice.auto_advance)
      due.push({ at: invoice.created + hourS, happen: () => chargeRenewal(emulation, subscription, invoice) })
    else if (invoice.status === 'open' && invoice.next_payment_attempt !== null)
      due.push({ at: invoice.next_payment_attempt, happen: () => void collectInvoice(emulation, subscription, invoice) })
  }
  return due
}

/** `invoice.upcoming`, some days ahead: not in a shorter period, and not when the subscription ends instead. */
function upcomingInvoice(emulation: Emulation, subscription: Subscription, periodEnd: number): Due[] {
  const { upcomingDays } = emulation.settings.current.subscriptions
  const key = `invoice ${subscription.id} ${periodEnd}`
  const start = Math.min(...subscription.items.data.map((item) => item.current_period_start))
  const ends = subscription.cancel_at !== null && subscription.cancel_at <= periodEnd
  if (upcomingDays === null || ends || emulation.store.toldAhead.has(key)) return []
  const at = periodEnd - upcomingDays * dayS
  if (at <= start) return []
  const happen = () => {
    emulation.store.toldAhead.add(key)
    const { id: _, ...invoice } = previewInvoice(emulation, subscription, [], { next: true })
    emit(emulation, byItself, 'invoice.upcoming', invoice)
  }
  return [{ at, happen }]
}

/** Nobody paid the first invoice within 23 hours: the subscription never was. */
function expireIncomplete(emulation: Emulation, subscription: Subscription): void {
  for (const invoice of openInvoices(emulation, subscription)) voidInvoice(emulation, byItself, invoice)
  subscription.ended_at = emulation.clock.now()
  setStatus(emulation, subscription, 'incomplete_expired')
}

function openInvoices({ store }: Emulation, { id }: Subscription): Invoice[] {
  return store.invoices
    .newestFirst()
    .filter((invoice) => invoice.parent?.subscription_details?.subscription === id)
    .filter(({ status }) => status === 'draft' || status === 'open')
}
