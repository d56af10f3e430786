import type { DeliverySwitches, Settings } from '../core/settings.ts'
import type { Store } from '../core/store.ts'
import { type StoredEvent, toJson } from '../core/wire.ts'
import { renderEvent } from './render-event.ts'

/** The bytes of a webhook: those the signature is made over, and those that arrive. They differ only where a switch cuts the body on its way. */
export interface WebhookBody {
  readonly signed: Buffer
  readonly sent: Buffer
}

/** Renders an event for an endpoint's version, and distorts it as the switches ask. */
export function bodyOf(
  { store, settings }: { store: Store; settings: { current: Settings } },
  event: StoredEvent,
  version: string | null,
  { payload, padBytes }: DeliverySwitches,
): WebhookBody {
  const rendered = renderEvent(store, event, version)
  if (payload === 'unknown_type') rendered.type = 'emulator.type_of_tomorrow'
  if (payload === 'wrong_version') rendered.api_version = '2011-06-21'
  if (padBytes > 0) rendered.padding = 'x'.repeat(padBytes)
  const signed = Buffer.from(toJson(settings.current, rendered))
  return { signed, sent: payload === 'truncated' ? signed.subarray(0, Math.floor(signed.length / 2)) : signed }
}
