import type Stripe from 'stripe'
import { endSubscription } from '../billing/end-subscription.ts'
import { advanceTestClock } from '../billing/test-clock.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { listPage } from '../core/list.ts'
import { noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { TestClock } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

const monthS = 30 * 24 * 60 * 60

export const testClockRoutes: RouteTable = {
  'POST /v1/test_helpers/test_clocks': handler<Stripe.TestHelpers.TestClockCreateParams>(({ emulation, params, cause }) => {
    refuseUnsupported(params, ['expand', 'frozen_time', 'name'])
    const clock = emulation.store.testClocks.add({
      id: emulation.ids.next('clock_'),
      object: 'test_helpers.test_clock',
      created: emulation.clock.now(),
      deletes_after: emulation.clock.now() + monthS,
      frozen_time: params.frozen_time,
      livemode: false,
      name: params.name ?? null,
      status: 'ready',
      status_details: {},
    })
    emit(emulation, cause, 'test_helpers.test_clock.created', clock)
    return clock
  }),
  'GET /v1/test_helpers/test_clocks': handler<Stripe.TestHelpers.TestClockListParams>(({ emulation, params }) =>
    listPage(emulation.store.testClocks.newestFirst(), params, '/v1/test_helpers/test_clocks'),
  ),
  'GET /v1/test_helpers/test_clocks/{id}': ({ emulation, id }) => find(emulation, id),
  'DELETE /v1/test_helpers/test_clocks/{id}': ({ emulation, id, cause }) => {
    const clock = find(emulation, id)
    emulation.clock.as(clock.frozen_time * 1000, () => {
      for (const subscription of emulation.store.subscriptions.newestFirst().filter((one) => one.test_clock === id)) {
        if (subscription.ended_at === null) endSubscription(emulation, subscription, cause, 'cancellation_requested')
        emulation.store.subscriptions.delete(subscription.id)
      }
      for (const customer of emulation.store.customers.newestFirst().filter((one) => one.test_clock === id))
        emulation.store.customers.delete(customer.id)
    })
    emulation.store.testClocks.delete(id)
    emit(emulation, cause, 'test_helpers.test_clock.deleted', clock)
    return { id, object: 'test_helpers.test_clock', deleted: true }
  },
  /** Stripe answers at once and works on; here the work is done by the time the clock is read again. */
  'POST /v1/test_helpers/test_clocks/{id}/advance': handler<Stripe.TestHelpers.TestClockAdvanceParams>(
    ({ emulation, params, id }) => {
      const clock = find(emulation, id)
      advanceTestClock(emulation, clock, params.frozen_time)
      return { ...clock, status: 'advancing' }
    },
  ),
}

function find(emulation: Emulation, id: string): TestClock {
  const clock = emulation.store.testClocks.get(id)
  if (clock === undefined) throw noSuch('test_clock', id)
  return clock
}
