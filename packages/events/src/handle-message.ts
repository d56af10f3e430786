import type { JsMsg } from 'nats'
import type { EventsLog } from './nats-link.ts'

export interface ConsumedMessage {
  readonly data: Uint8Array
  /** `Nats-Msg-Id`, empty when the publisher gave none. */
  readonly messageId: string
  /** 1 for the first delivery. */
  readonly deliveryCount: number
  readonly streamSequence: number
  /** When the stream stored it, by the server's clock. */
  readonly publishedAt: Date
}

/** `done` acknowledges for good; `retry` asks for the message again after about `afterMs`. */
export type HandlerResult = { readonly kind: 'done' } | { readonly kind: 'retry'; readonly afterMs: number }

export type MessageHandler = (message: ConsumedMessage) => Promise<HandlerResult>

const FIRST_REDELIVERY_MS = 250
const MAX_REDELIVERY_MS = 60_000

/**
 * Hands one message to the handler and answers JetStream: acknowledged (and that confirmed) when done, given back with a delay when not. Never
 * rejects.
 */
export async function handleMessage(message: JsMsg, handler: MessageHandler, log: EventsLog): Promise<void> {
  const { deliveryCount, timestampNanos } = message.info
  try {
    const result = await handler({
      data: message.data,
      messageId: message.headers?.get('Nats-Msg-Id') ?? '',
      deliveryCount,
      streamSequence: message.seq,
      publishedAt: new Date(timestampNanos / 1_000_000),
    })
    if (result.kind === 'done') await message.ackAck()
    else message.nak(jittered(result.afterMs))
  } catch (error) {
    // A failed handler or a lost acknowledgement: the message comes again either way, and handlers are idempotent.
    log.warn('a message was not handled, it comes again', {
      messageId: message.headers?.get('Nats-Msg-Id') ?? '',
      deliveryCount,
      reason: error instanceof Error ? error.name : 'unknown',
    })
    quietly(() => message.nak(jittered(retryDelayMs(deliveryCount))))
  }
}

/** Gives back, at once, what was delivered but not begun. */
export function giveBack(message: JsMsg): void {
  quietly(() => message.nak())
}

function retryDelayMs(deliveryCount: number): number {
  return Math.min(MAX_REDELIVERY_MS, FIRST_REDELIVERY_MS * 2 ** Math.min(deliveryCount - 1, 8))
}

/** Messages that failed together should not come back together: half to one and a half of the delay. */
function jittered(delayMs: number): number {
  return Math.round(delayMs * (0.5 + Math.random()))
}

/** For answers the client refuses to send once its connection is closed: then the message comes again by itself, after the ack wait. */
export function quietly(answer: () => void): void {
  try {
    answer()
  } catch {
    // Nothing is lost, see above.
  }
}
