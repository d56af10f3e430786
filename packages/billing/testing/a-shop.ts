import type { ProductFields } from '@licenseoperator/catalog'
import { syncProducts } from '@licenseoperator/catalog-admin'
import { type CheckoutRequest, createCheckoutSession } from '@licenseoperator/checkout'
import { createTestDatabase, insertProduct, type TestDatabase } from '@licenseoperator/db/testing'
import { type Caller, silentLog } from '@licenseoperator/domain'
import { openKeyRing } from '@licenseoperator/licensing'
import { generateSigningKey } from '@licenseoperator/signing'
import { createStripe } from '@licenseoperator/stripe'
import { type CheckoutInput, type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { sql } from 'kysely'
import { processEvent } from '../src/events/process-event.ts'
import type { WorkerDeps } from '../src/events/webhook-handler.ts'
import type { ProcessDeps } from '../src/handling/event-handler.ts'

const ada: Caller = { identity: 'ada', email: 'ada@acme.example', roles: [], groups: ['acme'], scopes: undefined }

/** Of the endpoint that this shop's webhooks come to. */
const WEBHOOK_SECRET = 'whsec_of_the_shop'

export type Order = Pick<CheckoutRequest, 'lookupKey' | 'managedProducts' | 'couponCode'>

/** A catalog, a Stripe and a database of their own: enough to buy, and to process what Stripe says about it. */
export interface Shop {
  readonly database: TestDatabase
  readonly emulator: Emulator
  readonly deps: WorkerDeps
  /** The webhook message that the receiver makes of an event's body, signed as Stripe signs it. @param secret  another than the endpoint's */
  message(payload: string, secret?: string): string
  sell(fields: Partial<ProductFields>): Promise<void>
  /** Brings the emulator's catalog in step with ours, e.g. after it was reset. */
  syncCatalog(): Promise<void>
  /** Starts a checkout. @returns the session's id */
  startCheckout(order: Order): Promise<string>
  /** Buys and pays on the hosted page. @returns the session's id */
  buy(order: Order, payer?: CheckoutInput): Promise<string>
  /** Stops Stripe's clock and ours at an instant; `undefined` lets both run again. */
  freezeAt(instant: Date | undefined): Promise<void>
  /** The bodies of Stripe's events of these types, in the order they were made. */
  events(...types: string[]): Promise<string[]>
  process(payload: string, deliveryCount?: number): ReturnType<typeof processEvent>
  /** As `process`, with other dependencies for this one event. */
  processWith(deps: Partial<ProcessDeps>, payload: string): ReturnType<typeof processEvent>
  count(): Promise<{ licenses: number; payments: number; announcements: number; heldReservations: number }>
  close(): Promise<void>
}

/** @param options.automaticTax  Stripe computes tax, at the emulator's rate (setting `tax.percent`) */
export async function openShop(options: { automaticTax?: boolean } = {}): Promise<Shop> {
  const [database, emulator, key] = await Promise.all([
    createTestDatabase({ maxConnections: 20, acquireMs: 20_000, holdMs: 20_000 }),
    startEmulator(),
    generateSigningKey({ modulusLength: 2048 }),
  ])
  const stripe = createStripe({ apiKey: emulator.apiKey, apiBase: emulator.url })
  let frozenAt: Date | undefined
  const now = () => frozenAt ?? new Date()
  const deps: WorkerDeps = {
    db: database.db,
    stripe,
    keys: openKeyRing(['core', 'agent', 'suite'].map((productKey) => ({ productKey, privateKeyPem: key.privateKeyPem }))),
    policy: { revokeOnFullRefund: true, revokeOnLostDispute: true, revokeOnCancellation: true },
    subjectLicenseIssued: 'licenseoperator.license.issued',
    log: silentLog,
    now,
    webhookSecrets: [WEBHOOK_SECRET],
  }
  const settings = {
    rootAppUrl: 'https://shop.example',
    successBaseUrl: undefined,
    frontendBasePath: '',
    requireGroupName: true,
    automaticTax: options.automaticTax ?? false,
    defaultSubscriptionSlug: undefined,
    defaultOneOffSlug: undefined,
    defaultTermDays: 365,
    defaultTrialDays: 0,
  }
  const syncCatalog = async () => void (await syncProducts({ db: database.db, stripe, now }))
  const startCheckout = async (order: Order) => {
    const checkout = { db: database.db, stripe, settings, log: silentLog, now }
    return (await createCheckoutSession(checkout, ada, { ...order, organizationName: 'acme' })).sessionId
  }
  return {
    database,
    emulator,
    deps,
    message: (payload, secret = WEBHOOK_SECRET) => {
      const signature = stripe.webhooks.generateTestHeaderString({ payload, secret })
      return JSON.stringify({ payload, signature, receivedAt: now().toISOString() })
    },
    syncCatalog,
    startCheckout,
    sell: async (fields) => void (await insertProduct(database.db, fields)),
    buy: async (order, payer) => {
      const sessionId = await startCheckout(order)
      const { outcome } = await emulator.control.completeCheckout(sessionId, payer)
      if (outcome !== 'completed') throw new Error(`the checkout ended as ${outcome}`)
      return sessionId
    },
    freezeAt: async (instant) => {
      frozenAt = instant
      await emulator.control.clock(instant === undefined ? { real: true } : { freezeAt: Math.floor(instant.getTime() / 1000) })
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
    close: async () => {
      await emulator.stop()
      await database.drop()
    },
  }
}
