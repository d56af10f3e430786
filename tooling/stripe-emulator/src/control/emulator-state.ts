import type { Emulation } from '../core/emulation.ts'
import { defaultSettings } from '../core/settings.ts'

/** All objects, newest first, for a look inside. No secrets, no keys. */
export function describeState({ store, clock, engine, faults }: Emulation): Record<string, unknown> {
  return {
    now: clock.now(),
    frozen: clock.isFrozen(),
    held: engine.held().length,
    faults: faults.remaining(),
    products: store.products.newestFirst(),
    prices: store.prices.newestFirst(),
    coupons: store.coupons.newestFirst(),
    promotion_codes: store.promotionCodes.newestFirst(),
    customers: store.customers.newestFirst(),
    checkout_sessions: store.sessions.newestFirst().map(({ session }) => session),
    payment_intents: store.paymentIntents.newestFirst(),
    charges: store.charges.newestFirst(),
    refunds: store.refunds.newestFirst(),
    disputes: store.disputes.newestFirst(),
    subscriptions: store.subscriptions.newestFirst(),
    test_clocks: store.testClocks.newestFirst(),
    invoices: store.invoices.newestFirst(),
    invoice_payments: store.invoicePayments.newestFirst(),
    webhook_endpoints: store.webhookEndpoints.newestFirst().map(({ endpoint }) => endpoint),
    events: store.events.size,
  }
}

/** Back to an empty account with default settings and real time. */
export function resetEmulation(emulation: Emulation, options: { keepEndpoints?: boolean }): void {
  const { store } = emulation
  for (const [name, collection] of Object.entries(store)) {
    if (name === 'webhookEndpoints' && options.keepEndpoints === true) continue
    if ('clear' in collection && typeof collection.clear === 'function') collection.clear()
  }
  store.counters.invoice = 0
  emulation.engine.clear()
  emulation.faults.clear()
  emulation.idempotency.clear()
  emulation.traffic.clear()
  emulation.clock.clear()
  emulation.clock.thaw()
  emulation.settings.current = defaultSettings()
}
