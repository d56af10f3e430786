import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsLink } from './nats-link.ts'

/** Plain NATS, not JetStream: whoever is not listening loads the catalog afresh anyway. */
const SUBJECT = 'licenseoperator.catalog.changed'

/** Tells every listening instance that the catalog changed; while NATS is away nobody hears of it, so listeners also expire what they keep. */
export function announceCatalogChange(link: NatsLink): void {
  if (!link.connected) return
  link.ready(100).then(
    (connection) => connection.publish(SUBJECT),
    () => undefined,
  )
}

/**
 * Calls `onChange` for every announcement until the signal ends. What is announced while the connection is down is missed.
 */
export async function onCatalogChange(link: NatsLink, onChange: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const connection = await link.ready(CONNECT_MS)
      const subscription = connection.subscribe(SUBJECT)
      const stop = () => subscription.unsubscribe()
      signal.addEventListener('abort', stop, { once: true })
      for await (const _message of subscription) onChange()
      signal.removeEventListener('abort', stop)
    } catch {
      // NATS is away: the link keeps trying, and so do we.
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
  }
}

const CONNECT_MS = 5000
const RETRY_MS = 500
