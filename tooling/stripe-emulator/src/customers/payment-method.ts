import type { Emulation } from '../core/emulation.ts'
import type { Payer } from '../core/payment-form.ts'
import type { StoredPaymentMethod } from '../core/store.ts'
import type { Charge, PaymentMethod } from '../core/wire.ts'
import { buildAddress } from './build-customer.ts'
import type { TestCard } from './cards.ts'

/** Keeps a card's brand, last four digits and expiry: never its number. */
export function addCard(
  emulation: Emulation,
  card: TestCard,
  expiry: { month: number; year: number },
  payer: Payer,
  customer: string | null,
): StoredPaymentMethod {
  const last4 = card.number.slice(-4)
  const object: PaymentMethod = {
    id: emulation.ids.next('pm_'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: billingDetails(payer),
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: 'pass', cvc_check: 'pass' },
      country: 'US',
      display_brand: card.brand,
      exp_month: expiry.month,
      exp_year: expiry.year,
      fingerprint: emulation.ids.next('', 16),
      funding: 'credit',
      generated_from: null,
      last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: emulation.clock.now(),
    customer,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  }
  return emulation.store.paymentMethods.add({
    id: object.id,
    object,
    failsCharges: card.failsCharges ?? false,
    behavior: card.behavior ?? {},
  })
}

/** A bank account to debit: the delayed method of the page. */
export function addBankAccount(emulation: Emulation, payer: Payer, customer: string | null): StoredPaymentMethod {
  const object: PaymentMethod = {
    id: emulation.ids.next('pm_'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: billingDetails(payer),
    created: emulation.clock.now(),
    customer,
    customer_account: null,
    livemode: false,
    metadata: {},
    sepa_debit: {
      bank_code: '37040044',
      branch_code: '',
      country: 'DE',
      fingerprint: emulation.ids.next('', 16),
      generated_from: { charge: null, setup_attempt: null },
      last4: '3000',
    },
    type: 'sepa_debit',
  }
  return emulation.store.paymentMethods.add({ id: object.id, object, failsCharges: false, behavior: {} })
}

export function billingDetails(payer: Payer): PaymentMethod['billing_details'] & Charge['billing_details'] {
  return {
    address: buildAddress({ country: payer.country, postal_code: payer.postalCode }),
    email: payer.email,
    name: payer.name,
    phone: null,
    tax_id: null,
  }
}
