import { idOf, isUnknownObject, readStripeEvent, unlessUnknown } from '@licenseoperator/stripe'
import { isForeign, isMaintenance } from '@licenseoperator/terms'
import type { Stripe } from 'stripe'

type Metadata = Readonly<Record<string, string>>

/**
 * What an event tells of, as Stripe has it now, for events that tell of a purchase: what an operator mended there since counts. Metadata is mended where
 * Stripe's dashboard shows it, which is the payment or the subscription; metadata that was only cleared is no mend.
 *
 * @param object  as the event has it
 * @returns undefined for other events, and where Stripe knows the object no more: then the event is all there is
 * @throws what Stripe throws
 */
export async function presentObject(
  stripe: Stripe,
  type: string,
  object: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { id } = object
  if (typeof id !== 'string') return undefined
  try {
    if (type === 'checkout.session.completed' || type === 'checkout.session.async_payment_succeeded') {
      const present = await presentSession(stripe, await stripe.checkout.sessions.retrieve(id), metadataOf(object))
      // Whether it was paid is told by the event: the money of a delayed method has an event, and an instant, of its own.
      return { ...present, payment_status: object.payment_status ?? present.payment_status }
    }
    if (type === 'invoice.paid' || type === 'invoice.payment_succeeded')
      return { ...(await presentInvoice(stripe, await stripe.invoices.retrieve(id))) }
  } catch (error) {
    if (!isUnknownObject(error)) throw error
  }
  return undefined
}

/**
 * A session with the metadata that counts now: its own, or that of what it was paid with, whichever is another than the event told of.
 *
 * @param eventMetadata  the metadata that an event had; absent where nothing was told: then the session's own counts first
 */
export async function presentSession(
  stripe: Stripe,
  session: Stripe.Checkout.Session,
  eventMetadata?: Metadata,
): Promise<Stripe.Checkout.Session> {
  const sessionMetadata = session.metadata ?? {}
  if (isOurs(sessionMetadata) && (eventMetadata === undefined || !isSame(sessionMetadata, eventMetadata))) return session
  const behind = await metadataBehind(stripe, session)
  const metadata = isOurs(behind) ? behind : isOurs(sessionMetadata) ? sessionMetadata : (eventMetadata ?? sessionMetadata)
  return { ...session, metadata: { ...metadata } }
}

/** An invoice with the subscription's metadata of now in place of the copy that it was made with. */
export async function presentInvoice(stripe: Stripe, invoice: Stripe.Invoice): Promise<Stripe.Invoice> {
  const details = invoice.parent?.subscription_details
  if (invoice.parent === null || details === null || details === undefined) return invoice
  const metadata = await metadataOfSubscription(stripe, details.subscription)
  if (!isOurs(metadata)) return invoice
  return { ...invoice, parent: { ...invoice.parent, subscription_details: { ...details, metadata: { ...metadata } } } }
}

/** As `presentObject`, for an event's body. @throws what Stripe throws; DomainError `invalid_webhook` */
export function presentOf({ stripe }: { readonly stripe: Stripe }, payload: string): ReturnType<typeof presentObject> {
  const { type, object } = readStripeEvent(payload)
  return presentObject(stripe, type, object)
}

async function metadataBehind(stripe: Stripe, session: Stripe.Checkout.Session): Promise<Metadata> {
  if (session.subscription !== null) return metadataOfSubscription(stripe, session.subscription)
  const { payment_intent: intent } = session
  if (intent === null) return {}
  return (await stripe.paymentIntents.retrieve(idOf(intent))).metadata
}

async function metadataOfSubscription(stripe: Stripe, subscription: string | Stripe.Subscription): Promise<Metadata> {
  return (await unlessUnknown(stripe.subscriptions.retrieve(idOf(subscription))))?.metadata ?? {}
}

/** The metadata of an object as an event has it. */
export function metadataOf({ metadata }: Readonly<Record<string, unknown>>): Metadata {
  const entries = typeof metadata === 'object' && metadata !== null ? Object.entries(metadata) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function isOurs(metadata: Metadata): boolean {
  return !isForeign(metadata) || isMaintenance(metadata)
}

function isSame(a: Metadata, b: Metadata): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => a[key] === b[key])
}
