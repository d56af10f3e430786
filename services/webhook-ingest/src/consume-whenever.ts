import type { Log } from '@licenseoperator/domain'
import { consume, type MessageHandler, type StreamKind } from '@licenseoperator/events'
import type { Connections } from './connections.ts'

/**
 * Hands the messages of a stream to a handler, from whenever NATS is there until the signal; a stream that is gone is made again.
 *
 * @param options.durable  name of the consumer; several processes share its work
 * @param options.stopMs   how long what is in flight is waited for after the signal
 */
export async function consumeWhenever(
  connections: Connections,
  {
    kind,
    ...options
  }: {
    readonly kind: StreamKind
    readonly durable: string
    readonly filterSubject: string
    readonly stopMs: number
    readonly log: Log
    readonly signal: AbortSignal
  },
  handler: MessageHandler,
): Promise<void> {
  const stream = await connections.streamWhenever(kind, options.signal, options.log)
  if (stream === undefined) return
  const onMissing = async () => void (await connections.ensureStream(kind, 2000))
  await consume(await connections.nats.ready(15_000), { ...options, stream, onMissing }, handler)
}
