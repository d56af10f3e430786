import { addPaymentIntent, failPayment } from '../billing/payment.ts'
import { changedFields } from '../core/changed-fields.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import type { Payer, PaymentForm } from '../core/payment-form.ts'
import type { StoredPaymentMethod } from '../core/store.ts'
import type { StoredSession } from '../core/stored-session.ts'
import type { TaxId } from '../core/wire.ts'
import { buildAddress } from '../customers/build-customer.ts'
import { type CardRefusal, findCard, genericDecline, notApproved, type TestCard } from '../customers/cards.ts'
import { addBankAccount, addCard } from '../customers/payment-method.ts'
import { addTaxId, taxIdsOf } from '../customers/tax-ids.ts'
import { emit } from '../webhooks/emit.ts'
import { completePayment } from './complete-payment.ts'
import { completeSubscription } from './complete-subscription.ts'
import { metadataOfPayment, type Payment } from './payment.ts'
import { applyPromotionCode, discountStillGood } from './promotion-code-entry.ts'
import { applyTax } from './session-totals.ts'

export type PaymentOutcome =
  | { kind: 'completed' }
  | { kind: 'already_completed' }
  | { kind: 'expired' }
  /** The same form again, with the answer. */
  | { kind: 'approval_required' }
  | { kind: 'declined'; message: string; declineCode: string | null }
  | { kind: 'invalid'; field: string; message: string }

/** Pays an open session: the page and the control call both come here. All of it happens in one synchronous turn. */
export function completeSession(emulation: Emulation, stored: StoredSession, form: PaymentForm): PaymentOutcome {
  const { session, plan } = stored
  if (session.status === 'complete') return { kind: 'already_completed' }
  if (session.status !== 'open') return { kind: 'expired' }
  const missing = missingField(stored, form)
  if (missing !== null) return { kind: 'invalid', ...missing }
  const problem = applyPromotionCode(emulation, stored, form.promotionCode) ?? discountStillGood(emulation, stored)
  if (problem !== null) return { kind: 'invalid', field: 'promotion_code', message: problem }
  applyTax(emulation, stored)
  const due = session.amount_total ?? 0
  const collects = due > 0 || (session.mode === 'subscription' && plan.params.payment_method_collection !== 'if_required')
  const delayed = form.method !== 'card' && due > 0
  const card = form.method === 'card' && collects ? readCard(emulation, form) : null
  if (card !== null && 'message' in card) return { kind: 'invalid', ...card }
  if (card?.behavior?.asksForApproval === true && form.approval === null) return { kind: 'approval_required' }
  const refusal = card === null ? undefined : refusalOf(card, form, due)
  const payer = { ...form.payer, email: fixedEmail(emulation, stored) ?? form.payer.email }
  const expiry = { month: form.expiryMonth, year: form.expiryYear }
  if (card !== null && refusal !== undefined) {
    if (due > 0) announceDecline(emulation, stored, addCard(emulation, card, expiry, payer, null), payer, refusal)
    return { kind: 'declined', message: refusal.message, declineCode: refusal.decline_code }
  }
  const addMethod = !collects
    ? null
    : (customer: string | null) =>
        card === null ? addBankAccount(emulation, payer, customer) : addCard(emulation, card, expiry, payer, customer)
  describePayer(stored, payer, form)
  updateCustomer(emulation, stored, payer)
  const payment: Payment = { emulation, stored, payer, due, delayed, addMethod }
  if (session.mode === 'subscription') completeSubscription(payment)
  else completePayment(payment)
  if (form.taxId !== null) keepTaxId(emulation, stored, form.taxId)
  return { kind: 'completed' }
}

function refusalOf(card: TestCard, form: PaymentForm, due: number): CardRefusal | undefined {
  if (card.behavior?.asksForApproval === true && form.approval === 'refuse') return notApproved
  return card.refusal ?? (card.failsCharges === true && due > 0 ? genericDecline : undefined)
}

/** What this session asks for and the form does not hold. */
function missingField({ session }: StoredSession, form: PaymentForm): { field: string; message: string } | null {
  const { enabled, required } = session.tax_id_collection ?? { enabled: false, required: 'never' }
  if (enabled && required === 'if_supported' && form.taxId === null) return { field: 'tax_id', message: 'Enter your tax id.' }
  if (session.consent_collection?.terms_of_service === 'required' && !form.acceptsTerms)
    return { field: 'terms', message: 'Accept the terms of service to go on.' }
  return null
}

/** A customer keeps the tax id that was typed; a guest's stays on the session. */
function keepTaxId(emulation: Emulation, { session }: StoredSession, taxId: Pick<TaxId, 'type' | 'value'>): void {
  if (session.customer === null || !session.tax_id_collection?.enabled) return
  if (taxIdsOf(emulation, session.customer).some(({ value }) => value === taxId.value)) return
  emit(emulation, byItself, 'customer.tax_id.created', addTaxId(emulation, session.customer, taxId))
}

/** The email nobody can change on the page: the customer's, or the one the session was made with. */
export function fixedEmail(emulation: Emulation, { session }: StoredSession): string | null {
  return emulation.store.customers.get(session.customer ?? '')?.email ?? session.customer_email
}

/** The test card that was typed, or what is wrong with what was typed. */
export function readCard(
  emulation: Emulation,
  form: Pick<PaymentForm, 'card' | 'expiryMonth' | 'expiryYear' | 'cvc'>,
): TestCard | { field: string; message: string } {
  const card = findCard(form.card)
  if (card === undefined) return { field: 'card', message: 'Your card number is incorrect. Use one of the test cards.' }
  const { expiryMonth: month, expiryYear: year } = form
  const now = new Date(emulation.clock.nowMs())
  if (!Number.isInteger(month) || month < 1 || month > 12)
    return { field: 'expiry', message: "Your card's expiration date is invalid." }
  if (!Number.isInteger(year) || year * 12 + month < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1) {
    return { field: 'expiry', message: "Your card's expiration date is in the past." }
  }
  if (!/^\d{3,4}$/.test(form.cvc)) return { field: 'cvc', message: "Your card's security code is invalid." }
  return card
}

/** A refused payment leaves its intent and charge behind; the session stays open, no subscription exists. */
function announceDecline(
  emulation: Emulation,
  { session, plan }: StoredSession,
  method: StoredPaymentMethod,
  payer: Payer,
  refusal: CardRefusal,
): void {
  const order = {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    customer: session.customer,
    metadata: metadataOfPayment(plan.params.payment_intent_data?.metadata),
    description: plan.params.payment_intent_data?.description ?? null,
    receiptEmail: payer.email,
  }
  const intent = addPaymentIntent(emulation, order, 'card')
  const charge = refusal === notApproved ? null : failPayment(emulation, intent, method, refusal)
  emit(emulation, byItself, 'payment_intent.payment_failed', intent)
  if (charge !== null) emit(emulation, byItself, 'charge.failed', charge)
}

/** `customer_update: auto` writes what was typed back to the customer the session was made for. */
function updateCustomer(emulation: Emulation, { session, plan }: StoredSession, payer: Payer): void {
  const customer = emulation.store.customers.get(session.customer ?? '')
  const { address, name } = plan.params.customer_update ?? {}
  if (customer === undefined || (address !== 'auto' && name !== 'auto')) return
  const before = structuredClone(customer)
  if (address === 'auto') customer.address = buildAddress({ country: payer.country, postal_code: payer.postalCode })
  if (name === 'auto') customer.name = payer.name
  emit(emulation, byItself, 'customer.updated', customer, changedFields(before, customer))
}

function describePayer({ session }: StoredSession, payer: Payer, form: PaymentForm): void {
  session.customer_details = {
    address: buildAddress({ country: payer.country, postal_code: payer.postalCode }),
    business_name: null,
    email: payer.email,
    individual_name: null,
    name: payer.name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: session.tax_id_collection?.enabled && form.taxId !== null ? [form.taxId] : [],
  }
  if (session.consent_collection !== null)
    session.consent = { promotions: null, terms_of_service: form.acceptsTerms ? 'accepted' : null }
}
