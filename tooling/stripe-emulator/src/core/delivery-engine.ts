import type { StoredEvent } from './wire.ts'

/** One try to deliver one event to one endpoint. */
export interface DeliveryTry {
  eventId: string
  eventType: string
  endpointId: string
  url: string
  /** 1 for the first try. */
  attempt: number
  /** Machine time, RFC 3339. */
  at: string
  durationMs: number
  /** `null` when no answer came. */
  status: number | null
  response: string
  error: string | null
  succeeded: boolean
}

export interface DeliveryEngine {
  enqueue(event: StoredEvent): void
  /** Settles when everything queued so far was tried once; what is delayed, held or dropped is not waited for. */
  flushed(): Promise<void>
  deliveries(): DeliveryTry[]
  /** Sends an event again, now, `copies` at once to each endpoint that would get it; returns the tries. */
  redeliver(event: StoredEvent, copies: number): Promise<DeliveryTry[]>
  /** Lets go of held events (`delay: 'until_released'`) of a type or id; returns how many. */
  release(match: string): number
  held(): StoredEvent[]
  /** True once nothing is under way or scheduled; false when `timeoutMs` passed first. Held events do not count. */
  idle(timeoutMs: number, ignoreRetries: boolean): Promise<boolean>
  clear(): void
}
