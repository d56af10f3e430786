import { byItself, type Emulation } from '../core/emulation.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { Subscription, TestClock } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { runDue } from './advance-time.ts'
import { addInterval } from './period.ts'

/** Runs work about an object at the present of the test clock that its customer is on, if there is one. @param id  of whatever has a customer */
export function onItsClock<T>(emulation: Emulation, id: string, work: () => T): T {
  const clock = emulation.store.testClocks.get(clockIdOf(emulation, id) ?? '')
  return clock === undefined ? work() : emulation.clock.as(clock.frozen_time * 1000, work)
}

function clockIdOf({ store, settings }: Emulation, id: string): string | null | undefined {
  const session = store.sessions.get(id)?.session
  if (session !== undefined && session.customer === null) return settings.current.checkout.testClock
  const owned =
    session ??
    store.subscriptions.get(id) ??
    store.invoices.get(id) ??
    store.charges.get(id) ??
    store.paymentIntents.get(id) ??
    store.refunds.get(id)
  const charge = store.disputes.get(id)?.charge
  const customer = owned === undefined ? (charge === undefined ? id : store.charges.get(charge)?.customer) : owned.customer
  return store.customers.get(customer ?? '')?.test_clock
}

/**
 * Moves a test clock, and lets everything on it happen on the way.
 *
 * @param to  Unix seconds; not back, and at most two intervals of its shortest subscription ahead
 */
export function advanceTestClock(emulation: Emulation, clock: TestClock, to: number): void {
  if (to <= clock.frozen_time) throw invalidRequest('`frozen_time` must be in the future of the test clock.', 'frozen_time')
  const own = () => emulation.store.subscriptions.newestFirst().filter((one) => one.test_clock === clock.id)
  if (own().some((subscription) => to > twoIntervalsAhead(clock, subscription)))
    throw invalidRequest('Test clocks can only be advanced up to two intervals of the shortest subscription.', 'frozen_time')
  clock.status = 'advancing'
  emit(emulation, byItself, 'test_helpers.test_clock.advancing', clock)
  runDue(emulation, own, to, (at, work) => {
    clock.frozen_time = Math.max(clock.frozen_time, at)
    emulation.clock.as(clock.frozen_time * 1000, work)
  })
  clock.frozen_time = to
  clock.status = 'ready'
  emit(emulation, byItself, 'test_helpers.test_clock.ready', clock)
}

function twoIntervalsAhead(clock: TestClock, { ended_at: endedAt, items }: Subscription): number {
  if (endedAt !== null) return Number.POSITIVE_INFINITY
  return Math.min(
    ...items.data.map(({ price }) => {
      const { interval = 'month', interval_count: count = 1 } = price.recurring ?? {}
      return addInterval(addInterval(clock.frozen_time, interval, count), interval, count)
    }),
  )
}

/** Moves the emulator's own time, which then stands still, and lets everything happen that is on no test clock. */
export function advanceOwnTime(emulation: Emulation, seconds: number): void {
  const { clock, store } = emulation
  if (!clock.isFrozen()) clock.freeze()
  const until = clock.now() + seconds
  const move = (at: number) => clock.advance(Math.max(0, at * 1000 - clock.nowMs()))
  runDue(
    emulation,
    () => store.subscriptions.newestFirst().filter((one) => one.test_clock === null),
    until,
    (at, work) => {
      move(at)
      work()
    },
  )
  move(until)
}
