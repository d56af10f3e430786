import type Stripe from 'stripe'
import type { Settings } from './settings.ts'

/**
 * A type of the SDK as it travels: decimals are strings, an expandable field is its id. Types only, so the SDK stays a
 * development dependency; the compiler then demands every required field of the pinned API version from every builder.
 */
export type Wire<T> = [string] extends [T]
  ? Exclude<T, object>
  : T extends Stripe.Decimal
    ? string
    : T extends (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { [Key in keyof T]: Wire<T[Key]> }
        : T

export type JsonObject = { [key: string]: unknown }

export type Product = Wire<Stripe.Product>
export type Price = Wire<Stripe.Price>
export type Coupon = Wire<Stripe.Coupon>
export type PromotionCode = Wire<Stripe.PromotionCode>
export type Discount = Wire<Stripe.Discount>
export type Customer = Wire<Stripe.Customer>
export type Session = Wire<Stripe.Checkout.Session>
export type LineItem = Wire<Stripe.LineItem>
export type PaymentIntent = Wire<Stripe.PaymentIntent>
export type PaymentMethod = Wire<Stripe.PaymentMethod>
export type Charge = Wire<Stripe.Charge>
export type Refund = Wire<Stripe.Refund>
export type Dispute = Wire<Stripe.Dispute>
export type EarlyFraudWarning = Wire<Stripe.Radar.EarlyFraudWarning>
export type Subscription = Wire<Stripe.Subscription>
export type SubscriptionItem = Wire<Stripe.SubscriptionItem>
export type Plan = Wire<Stripe.Plan>
export type Invoice = Wire<Stripe.Invoice>
export type InvoiceLine = Wire<Stripe.InvoiceLineItem>
export type InvoicePayment = Wire<Stripe.InvoicePayment>
export type PortalConfiguration = Wire<Stripe.BillingPortal.Configuration>
export type PortalSession = Wire<Stripe.BillingPortal.Session>
export type TaxRate = Wire<Stripe.TaxRate>
export type TaxId = Wire<Stripe.TaxId>
export type TestClock = Wire<Stripe.TestHelpers.TestClock>
export type WebhookEndpoint = Wire<Stripe.WebhookEndpoint>

/** An event as stored: the snapshot in the pinned version. Endpoints on older versions get it converted on the way out. */
export interface StoredEvent {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: JsonObject; previous_attributes?: JsonObject }
  livemode: false
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: string
}

/** An object as text, of a test account or (switch `account.livemode`) of one that looks live. */
export function toJson({ account }: Settings, object: object): string {
  const replace = account.livemode ? (key: string, value: unknown) => (key === 'livemode' ? true : value) : undefined
  return JSON.stringify(object, replace, 2)
}
