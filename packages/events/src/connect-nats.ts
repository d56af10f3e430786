import type { NatsConnection } from 'nats'
import { type NatsLinkOptions, openNatsLink } from './nats-link.ts'

/**
 * For a command that runs once and is of no use without NATS: a connection within a bounded time, to be ended with its own `close()`.
 * A service keeps a link (`openNatsLink`) instead, which it can hold while NATS is away.
 *
 * @param waitMs  how long to try, 15 s unless given
 * @throws EventsUnavailable with one sentence, without credentials
 */
export async function connectNats(options: NatsLinkOptions & { readonly waitMs?: number }): Promise<NatsConnection> {
  const link = openNatsLink(options)
  try {
    return await link.ready(options.waitMs ?? 15_000)
  } catch (error) {
    await link.close()
    throw error
  }
}
