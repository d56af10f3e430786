import { randomUUID } from 'node:crypto'

/** A paid one-off checkout as Stripe sends it. */
export function checkoutEvent(reservationId = `R-${randomUUID().slice(0, 26)}`): { id: string; [field: string]: unknown } {
  const id = randomUUID().replaceAll('-', '')
  return {
    id: `evt_${id}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    type: 'checkout.session.completed',
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: {
      object: {
        id: `cs_test_${id}`,
        object: 'checkout.session',
        mode: 'payment',
        status: 'complete',
        payment_status: 'paid',
        created: Math.floor(Date.now() / 1000),
        amount_subtotal: 21_900,
        amount_total: 21_900,
        total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
        currency: 'usd',
        customer: `cus_${id.slice(0, 14)}`,
        customer_email: null,
        customer_details: { email: 'ada@acme.example', name: 'Ada Lovelace', address: { country: 'GB', postal_code: 'W1 1AA' } },
        metadata: {
          group_name: 'acme',
          group: 'acme',
          product_slug: 'bench',
          product_key: 'core',
          plan: 'core',
          license_mode: 'one_off',
          term_days: '365',
          email: 'ada@acme.example',
          identity: 'ada',
          reservation_id: reservationId,
        },
        subscription: null,
        invoice: null,
        payment_intent: `pi_${id}`,
      },
    },
  }
}
