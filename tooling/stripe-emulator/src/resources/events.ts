import type Stripe from 'stripe'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { matches } from '../core/faults.ts'
import { inRange, listPage } from '../core/list.ts'
import { invalidRequest, noSuch } from '../core/stripe-error.ts'
import type { StoredEvent } from '../core/wire.ts'

const keptS = 30 * 24 * 60 * 60

export const eventRoutes: RouteTable = {
  'GET /v1/events': handler<Stripe.EventListParams>(({ emulation, params }) => {
    if (params.type !== undefined && params.types !== undefined) {
      throw invalidRequest('You may only specify one of these parameters: type, types.', 'type')
    }
    if ((params.types?.length ?? 0) > 20) throw invalidRequest('You may only specify up to 20 event types.', 'types')
    const items = readable(emulation)
      .filter((event) => params.type === undefined || matches(params.type, event.type))
      .filter((event) => params.types === undefined || params.types.some((type) => matches(type, event.type)))
      .filter((event) => params.delivery_success === undefined || (event.pending_webhooks === 0) === params.delivery_success)
      .filter((event) => inRange(event.created, params.created))
    return listPage(items, params, '/v1/events')
  }),
  'GET /v1/events/{id}': ({ emulation, id }) => {
    const event = readable(emulation).find((entry) => entry.id === id)
    if (event === undefined) throw noSuch('event', id)
    return event
  },
}

/** Events can be read for 30 days of emulator time. */
function readable(emulation: Emulation): StoredEvent[] {
  const oldest = emulation.clock.now() - keptS
  return emulation.store.events.newestFirst().filter((event) => event.created >= oldest)
}
