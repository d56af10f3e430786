import { byItself, type Emulation } from '../core/emulation.ts'
import { invalidRequest, noSuch } from '../core/stripe-error.ts'
import type { PaymentMethod } from '../core/wire.ts'
import { findCard } from '../customers/cards.ts'
import { addCard } from '../customers/payment-method.ts'
import { emit } from '../webhooks/emit.ts'

/**
 * A customer's new card, as entered in the portal: the default of the customer and of their subscriptions.
 *
 * @param id  the customer, or a subscription of theirs
 * @param expiry  default: in five years
 */
export function replaceCard(
  emulation: Emulation,
  id: string,
  number: string,
  expiry = { month: 12, year: new Date(emulation.clock.nowMs()).getUTCFullYear() + 5 },
): PaymentMethod {
  const { store } = emulation
  const customer = store.customers.get(store.subscriptions.get(id)?.customer ?? id)
  const card = findCard(number)
  if (customer === undefined) throw noSuch('customer', id)
  if (card === undefined) throw invalidRequest('Your card number is incorrect. Use one of the test cards.', 'card')
  const payer = {
    email: customer.email ?? '',
    name: customer.name ?? '',
    country: customer.address?.country ?? 'US',
    postalCode: customer.address?.postal_code ?? '',
  }
  const { object } = addCard(emulation, card, expiry, payer, customer.id)
  emit(emulation, byItself, 'payment_method.attached', object)
  const previous = { invoice_settings: { default_payment_method: customer.invoice_settings.default_payment_method } }
  customer.invoice_settings.default_payment_method = object.id
  emit(emulation, byItself, 'customer.updated', customer, previous)
  for (const subscription of store.subscriptions.newestFirst().filter((one) => one.customer === customer.id)) {
    if (subscription.ended_at === null) subscription.default_payment_method = object.id
  }
  return object
}
