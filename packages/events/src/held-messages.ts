import type { JsMsg } from 'nats'
import { quietly } from './handle-message.ts'

/**
 * What JetStream delivered to us and we have not answered: what is being handled, and what waits for its turn. JetStream is told of each that it is worked
 * on, or it would deliver what waits long to somebody else as well.
 */
export class HeldMessages {
  readonly #held = new Set<JsMsg>()
  readonly #beat: NodeJS.Timeout

  constructor(heartbeatMs: number) {
    this.#beat = setInterval(() => {
      for (const message of this.#held) quietly(() => message.working())
    }, heartbeatMs)
  }

  get size(): number {
    return this.#held.size
  }

  add(message: JsMsg): void {
    this.#held.add(message)
  }

  delete(message: JsMsg): void {
    this.#held.delete(message)
  }

  /** No more signs of life: what is still held goes to another consumer after the ack wait. */
  abandon(): void {
    clearInterval(this.#beat)
  }
}
