import type Stripe from 'stripe'
import type { PaymentForm } from './payment-form.ts'
import type { LineItem, Session, Wire } from './wire.ts'

export type SessionCreate = Wire<Stripe.Checkout.SessionCreateParams>

/** A checkout session with what Stripe keeps to itself until someone pays. */
export interface StoredSession {
  id: string
  session: Session
  plan: SessionPlan
}

export interface SessionPlan {
  params: SessionCreate
  lineItems: LineItem[]
  /** The coupon in force, given directly, through a promotion code, or entered on the page. */
  coupon: string | null
  promotionCode: string | null
  /** A payment that waits for the cardholder's approval: what was typed, without the card. */
  approving: PaymentForm | null
  /** A bank debit under way: ends in one of the two asynchronous events. */
  pending: { paymentIntent: string; invoice: string | null } | null
}
