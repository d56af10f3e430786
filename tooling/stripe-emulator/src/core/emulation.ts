import type { RouteKey } from '../schema/routes.ts'
import type { Clock } from './clock.ts'
import type { DeliveryEngine } from './delivery-engine.ts'
import type { FaultPlan } from './faults.ts'
import type { IdempotencyKeys } from './idempotency.ts'
import type { Ids } from './ids.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Settings } from './settings.ts'
import type { Store } from './store.ts'
import type { TrafficLog } from './traffic.ts'
import type { JsonObject, Wire } from './wire.ts'

/** Everything one emulator consists of. Handed to every resource; nothing is global, so several can run in one process. */
export interface Emulation {
  readonly apiKeys: readonly string[]
  readonly controlToken: string
  readonly clock: Clock
  readonly ids: Ids
  readonly store: Store
  readonly engine: DeliveryEngine
  readonly faults: FaultPlan
  readonly rateLimit: RateLimit
  readonly idempotency: IdempotencyKeys
  readonly traffic: TrafficLog
  readonly settings: { current: Settings }
  /** `http://127.0.0.1:PORT` or the `publicUrl` that was given, known once the server listens. */
  origin(): string
  /** Hosts beside this machine that webhooks may be sent to. */
  readonly webhookHosts: readonly string[]
}

/** Who caused a change: an API request, or (nulls) the hosted page, a timer, Stripe's own automation. */
export interface Cause {
  id: string | null
  idempotency_key: string | null
}

export const byItself: Cause = { id: null, idempotency_key: null }

/** One API call as a resource sees it. */
export interface Call<P> {
  emulation: Emulation
  params: P
  /** The `{id}` of the path, `''` where there is none. */
  id: string
  /** The second `{id}`, of a part of the object `id` names. */
  innerId: string
  cause: Cause
}

export type Handler = (call: Call<JsonObject>) => object
export type RouteTable = Partial<Record<RouteKey, Handler>>

/** A handler whose parameters are those the SDK declares as `P`. */
export function handler<P>(handle: (call: Call<Wire<P>>) => object): Handler {
  return (call) => handle({ ...call, params: checkedAs<Wire<P>>(call.params) })
}

/** `readParameters` checked the form against the table generated from the same declaration `P` comes from. */
function checkedAs<P>(params: unknown): P {
  return params as P
}
