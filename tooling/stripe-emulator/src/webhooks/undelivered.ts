import type { StoredEndpoint } from '../core/store.ts'
import type { StoredEvent } from '../core/wire.ts'

/** Which endpoints have not taken an event yet; keeps its `pending_webhooks`, which `delivery_success` is read from. */
export interface Undelivered {
  expect(event: StoredEvent, endpoints: readonly StoredEndpoint[]): void
  /** An endpoint took the event. Only its first time counts. */
  taken(event: StoredEvent, endpointId: string): void
  clear(): void
}

export function createUndelivered(): Undelivered {
  const waiting = new Map<string, Set<string>>()
  return {
    expect(event, endpoints) {
      event.pending_webhooks = endpoints.length
      if (endpoints.length > 0) waiting.set(event.id, new Set(endpoints.map(({ id }) => id)))
    },
    taken(event, endpointId) {
      const left = waiting.get(event.id)
      if (left === undefined) return
      left.delete(endpointId)
      event.pending_webhooks = left.size
      if (left.size === 0) waiting.delete(event.id)
    },
    clear: () => waiting.clear(),
  }
}
