import { type Counter, openCounter } from '@licenseoperator/checkout/testing'
import { openKeyRing } from '@licenseoperator/licensing'
import { generateSigningKey } from '@licenseoperator/signing'
import { sql } from 'kysely'
import { processEvent } from '../src/events/process-event.ts'
import type { WorkerDeps } from '../src/events/webhook-handler.ts'
import type { ProcessDeps } from '../src/handling/event-handler.ts'

export type { Order } from '@licenseoperator/checkout/testing'

/** Of the endpoint that this shop's webhooks come to. */
const WEBHOOK_SECRET = 'whsec_of_the_shop'

/** A counter that orders are given at, and what processes Stripe's events about them. */
export interface Shop extends Counter {
  readonly deps: WorkerDeps
  /** The webhook message that the receiver makes of an event's body, signed as Stripe signs it. @param secret  another than the endpoint's */
  message(payload: string, secret?: string): string
  /** The bodies of Stripe's events of these types, in the order they were made. */
  events(...types: string[]): Promise<string[]>
  process(payload: string, deliveryCount?: number): ReturnType<typeof processEvent>
  /** As `process`, with other dependencies for this one event. */
  processWith(deps: Partial<ProcessDeps>, payload: string): ReturnType<typeof processEvent>
  count(): Promise<{ licenses: number; payments: number; announcements: number; heldReservations: number }>
}

/** @param options  as of `openCounter` */
export async function openShop(options: { automaticTax?: boolean } = {}): Promise<Shop> {
  const [counter, key] = await Promise.all([openCounter(options), generateSigningKey({ modulusLength: 2048 })])
  const { database, emulator } = counter
  const { now, stripe } = counter.deps
  const deps: WorkerDeps = {
    ...counter.deps,
    keys: openKeyRing(['core', 'agent', 'suite'].map((productKey) => ({ productKey, privateKeyPem: key.privateKeyPem }))),
    policy: { revokeOnFullRefund: true, revokeOnLostDispute: true, revokeOnCancellation: true },
    subjectLicenseIssued: 'licenseoperator.license.issued',
    webhookSecrets: [WEBHOOK_SECRET],
  }
  return {
    ...counter,
    deps,
    message: (payload, secret = WEBHOOK_SECRET) => {
      const signature = stripe.webhooks.generateTestHeaderString({ payload, secret })
      return JSON.stringify({ payload, signature, receivedAt: now().toISOString() })
    },
    events: async (...types) => {
      const all = await emulator.control.events()
      return all.filter((event) => types.includes(event.type)).map((event) => JSON.stringify(event))
    },
    process: (payload, deliveryCount = 1) => processEvent(deps, { payload, receivedAt: now(), deliveryCount }),
    processWith: (own, payload) => processEvent({ ...deps, ...own }, { payload, receivedAt: now(), deliveryCount: 1 }),
    count: async () => {
      const { rows } = await sql<Record<'licenses' | 'payments' | 'announcements' | 'held', number>>`
        SELECT (SELECT COUNT(*) FROM licenses) AS licenses, (SELECT COUNT(*) FROM payments) AS payments,
          (SELECT COUNT(*) FROM outbox) AS announcements, (SELECT COUNT(*) FROM reservations WHERE status = 'held') AS held`.execute(
        database.db,
      )
      const { licenses = 0, payments = 0, announcements = 0, held = 0 } = rows[0] ?? {}
      return { licenses, payments, announcements, heldReservations: held }
    },
  }
}
