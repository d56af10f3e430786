import type { DeliveryTry } from '../core/delivery-engine.ts'
import type { Fault } from '../core/faults.ts'
import type { SettingsPatch } from '../core/patch-settings.ts'
import type { PayMethod } from '../core/payment-form.ts'
import type { Settings } from '../core/settings.ts'
import type { RecordedRequest } from '../core/traffic.ts'
import type { Dispute, Invoice, Refund, Session, StoredEvent, TaxId } from '../core/wire.ts'

/** What the payer types; everything has a default (a card that works). */
export interface CheckoutInput {
  /** Card number, spaces allowed; default 4242 4242 4242 4242. */
  card?: string
  /** `bank_debit` waits for `settleDebit`; the other two debits settle by themselves. */
  method?: PayMethod
  email?: string
  name?: string
  country?: string
  postalCode?: string
  expiryMonth?: number
  expiryYear?: number
  cvc?: string
  promotionCode?: string
  /** Where the session collects tax ids: `{"type": "eu_vat", "value": "DE123456789"}`. */
  taxId?: Pick<TaxId, 'type' | 'value'>
  /** Default true. */
  acceptsTerms?: boolean
  /** What the cardholder says when the card asks; default `approve`. */
  approval?: 'approve' | 'refuse'
}

export interface CheckoutResult {
  outcome: 'completed' | 'already_completed' | 'expired' | 'approval_required' | 'declined' | 'invalid'
  /** What the page would say, when it is not completed. */
  message: string | null
  /** `success_url` with the session id filled in, when completed. */
  redirectUrl: string | null
  session: Session
}

export type ClockChange = { freezeAt: number | null } | { advanceSeconds: number } | { real: true }

export interface ClockState {
  /** Unix seconds. */
  now: number
  frozen: boolean
}

/** The control API as a typed client; the same over HTTP for the test's own process and for another. */
export interface EmulatorControl {
  /** Pays a session as the page would. A refused card is a result, not an error. Webhooks may still be under way: `waitIdle`. */
  completeCheckout(sessionId: string, input?: CheckoutInput): Promise<CheckoutResult>
  /** Tries a card that is declined. */
  failCheckout(sessionId: string, input?: CheckoutInput): Promise<CheckoutResult>
  expireCheckout(sessionId: string): Promise<Session>
  /** Ends a bank debit. */
  settleDebit(sessionId: string, outcome: 'succeeded' | 'failed'): Promise<Session>
  /** Ends a subscription's period now; `null` when the subscription ended instead of renewing. */
  renew(subscriptionId: string): Promise<Invoice | null>
  /** Gives money of a charge back, all that is left unless `amount` says less. @param charge  a charge or payment intent */
  refund(charge: string, options?: { amount?: number }): Promise<Refund>
  /** The bank did not take the refund: the charge's amount goes back. */
  failRefund(refundId: string): Promise<Refund>
  /** The bank took a refund that was pending. */
  completeRefund(refundId: string): Promise<Refund>
  /** The cardholder approves an invoice's payment that waits for it (`invoice.payment_action_required`). */
  approveInvoice(invoiceId: string): Promise<Invoice>
  /** The customer's bank disputes a charge, or only asks about it (`inquiry`). @param charge  a charge or payment intent */
  dispute(charge: string, options?: { inquiry?: boolean }): Promise<Dispute>
  closeDispute(disputeId: string, outcome: 'won' | 'lost'): Promise<Dispute>
  /** Changes some switches; returns all. */
  settings(patch?: SettingsPatch): Promise<Settings>
  /** Events in the order they were made. @param apiVersion  as an endpoint on this version gets them; default the pinned one */
  events(apiVersion?: string): Promise<StoredEvent[]>
  /** Every try to deliver, in order. */
  deliveries(): Promise<DeliveryTry[]>
  /** Sends an event once more, now; `copies` (default 1, at most 100) at the same instant to each endpoint. */
  redeliver(eventId: string, copies?: number): Promise<DeliveryTry[]>
  /** Lets go of events held by `delay: 'until_released'`: a type, a pattern, an id, default all. */
  release(match?: string): Promise<number>
  /** Held events. */
  held(): Promise<Array<{ id: string; type: string }>>
  /**
   * Settles when no delivery is under way, scheduled, or waiting for a retry.
   *
   * @param options.ignoreRetries  do not wait for retries of failed tries
   * @throws Error when that takes longer than `timeoutMs` (default 30 s)
   */
  waitIdle(timeoutMs?: number, options?: { ignoreRetries?: boolean }): Promise<void>
  /** Makes the next matching request fail. */
  fault(fault: Fault): Promise<void>
  /** Faults that have not fired (as often as asked) yet. */
  pendingFaults(): Promise<Fault[]>
  clearFaults(): Promise<void>
  clock(change?: ClockChange): Promise<ClockState>
  /** Moves the emulator's time, which then stands still; subscriptions on no test clock renew, fail, are tried again and end on the way. */
  advance(seconds: number): Promise<ClockState>
  /** Another card for everything a customer (or a subscription's customer) pays from now on. @param card  a test card's number */
  setCard(customer: string, card: string): Promise<void>
  /** API requests seen so far. */
  traffic(): Promise<RecordedRequest[]>
  state(): Promise<Record<string, unknown>>
  /** Keeps everything there is under a name, and comes back to it: objects, settings, the clock; not what is under way. */
  snapshot(name: string): Promise<void>
  restore(name: string): Promise<void>
  /** Forgets every object, event, delivery, fault and setting. */
  reset(options?: { keepEndpoints?: boolean }): Promise<void>
}
