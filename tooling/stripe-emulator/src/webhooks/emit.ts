import { pinnedVersion } from '../core/api-version.ts'
import type { Cause, Emulation } from '../core/emulation.ts'
import type { StoredEvent } from '../core/wire.ts'

/**
 * Records a change as an event, a snapshot of `object` as it is now, and hands it to the delivery engine. Events made in one
 * synchronous turn are one change: the ordering switches apply within it.
 *
 * @param previous  old values of the changed fields, on `*.updated` events
 */
export function emit(emulation: Emulation, cause: Cause, type: string, object: object, previous?: object): StoredEvent {
  const event: StoredEvent = {
    id: emulation.ids.next('evt_'),
    object: 'event',
    api_version: pinnedVersion,
    created: emulation.clock.now(),
    data: {
      object: structuredClone({ ...object }),
      ...(previous === undefined ? {} : { previous_attributes: structuredClone({ ...previous }) }),
    },
    livemode: false,
    pending_webhooks: 0,
    request: { ...cause },
    type,
  }
  emulation.store.events.add(event)
  emulation.traffic.recordEvent(event)
  emulation.engine.enqueue(event)
  return event
}
