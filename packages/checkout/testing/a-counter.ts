import type { ProductFields } from '@licenseoperator/catalog'
import { syncProducts } from '@licenseoperator/catalog-admin'
import { createTestDatabase, insertProduct, type TestDatabase } from '@licenseoperator/db/testing'
import { type Caller, silentLog } from '@licenseoperator/domain'
import { createStripe } from '@licenseoperator/stripe'
import { type CheckoutInput, type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { type CheckoutDeps, type CheckoutRequest, createCheckoutSession } from '../src/session/create-checkout-session.ts'
import { settings } from './settings.ts'

const ada: Caller = { identity: 'ada', email: 'ada@acme.example', roles: [], groups: ['acme'], scopes: undefined }

export type Order = Pick<CheckoutRequest, 'lookupKey' | 'managedProducts' | 'couponCode'>

/** A catalog, a Stripe and a database of their own: enough to order and to pay. What Stripe says about it is heard by nobody. */
export interface Counter {
  readonly database: TestDatabase
  readonly emulator: Emulator
  readonly deps: Omit<CheckoutDeps, 'settings'>
  sell(fields: Partial<ProductFields>): Promise<void>
  /** Brings the emulator's catalog in step with ours, e.g. after it was reset. */
  syncCatalog(): Promise<void>
  /** Starts a checkout. @returns the session's id */
  startCheckout(order: Order): Promise<string>
  /** Buys and pays on the hosted page. @returns the session's id */
  buy(order: Order, payer?: CheckoutInput): Promise<string>
  /** Stops Stripe's clock and ours at an instant; `undefined` lets both run again. */
  freezeAt(instant: Date | undefined): Promise<void>
  close(): Promise<void>
}

/** @param options.automaticTax  Stripe computes tax, at the emulator's rate (setting `tax.percent`) */
export async function openCounter(options: { automaticTax?: boolean } = {}): Promise<Counter> {
  const [database, emulator] = await Promise.all([
    createTestDatabase({ maxConnections: 20, acquireMs: 20_000, holdMs: 20_000 }),
    startEmulator(),
  ])
  const stripe = createStripe({ apiKey: emulator.apiKey, apiBase: emulator.url })
  let frozenAt: Date | undefined
  const now = () => frozenAt ?? new Date()
  const deps = { db: database.db, stripe, log: silentLog, now }
  const startCheckout = async (order: Order) =>
    (await createCheckoutSession({ ...deps, settings: { ...settings, ...options } }, ada, { ...order, organizationName: 'acme' }))
      .sessionId
  return {
    database,
    emulator,
    deps,
    startCheckout,
    syncCatalog: async () => void (await syncProducts({ db: database.db, stripe, now })),
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
    close: async () => {
      await emulator.stop()
      await database.drop()
    },
  }
}
