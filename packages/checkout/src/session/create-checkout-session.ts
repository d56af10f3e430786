import { isCapped, type Product, priceOf, seatsFor } from '@licenseoperator/catalog'
import { bundledParts } from '@licenseoperator/catalog-admin'
import { type Db, inTransaction, licenses, reading, reservations, trials } from '@licenseoperator/db'
import { type Caller, DomainError, groupKey, isPersonalGroup, type Log, newId, normaliseDomain } from '@licenseoperator/domain'
import { translateStripeError } from '@licenseoperator/stripe'
import { writePurchaseMetadata } from '@licenseoperator/terms'
import type { Stripe } from 'stripe'
import { assertReadable, filled, groupOf } from './buyer.ts'
import { openForCustomer } from './open-for-customer.ts'
import { openSession, SessionNotOpened } from './open-session.ts'
import { isScarce, modeOf, orderOf, type PlannedSession, sessionEndsAt } from './planned-session.ts'
import { type ResolvedCheckout, resolveCheckout } from './resolve-checkout.ts'
import { cancelUrl, type ReturnUrlSettings, successUrl } from './return-urls.ts'
import { assertMayOpen, findOpenSession, findSessionOfTrial, limitsOf, type OpenSessionLimits } from './scarce-sessions.ts'
import { sessionParams } from './session-params.ts'

export interface CheckoutSettings extends ReturnUrlSettings {
  readonly requireGroupName: boolean
  readonly automaticTax: boolean
  readonly defaultSubscriptionSlug: string | undefined
  readonly defaultOneOffSlug: string | undefined
  /** Days of a one-off license whose product names none. */
  readonly defaultTermDays: number
  /** Trial of a subscription whose product names none. */
  readonly defaultTrialDays: number
  /** Price of maintenance for products that name none themselves. */
  readonly maintenancePriceLookupKey?: string | undefined
  /** Unpaid sessions that one may have at once for something scarce; absent: `OPEN_SESSIONS`. */
  readonly openSessions?: OpenSessionLimits | undefined
}

export interface CheckoutDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly settings: CheckoutSettings
  readonly log: Log
  readonly now: () => Date
}

export interface CheckoutRequest {
  readonly lookupKey?: string | undefined
  readonly organizationName?: string | undefined
  readonly organizationLongName?: string | undefined
  readonly couponCode?: string | undefined
  readonly cookieDomain?: string | undefined
  readonly managedProducts?: number | undefined
}

export interface StartedCheckout {
  readonly sessionId: string
  readonly url: string
}

/** How long a reservation outlives its session, so that a payment in the last second meets it. */
const GRACE_MS = 10 * 60_000

/**
 * Starts a purchase: checks it, holds what has a cap or a quota, and opens a session on Stripe's hosted page.
 *
 * Of what is scarce a group, and whoever asks, has a few unpaid sessions at once, and the same order gets the same session back while that is open;
 * so does the order that has the group's one trial.
 * A customer that Stripe refuses (deleted, of another mode, bound to another currency) is left out, and the hold stays meanwhile.
 *
 * Stripe making no session releases the hold. Stripe not answering does not: the session may exist and may be paid; the sweeper asks later.
 *
 * @throws DomainError `invalid_payload` naming the field; `forbidden`; `quota_exceeded`; `temporarily_unavailable`
 */
export async function createCheckoutSession(
  deps: CheckoutDeps,
  caller: Caller,
  request: CheckoutRequest,
): Promise<StartedCheckout> {
  const group = groupOf(deps.settings, caller, request.organizationName)
  assertReadable(caller, group)
  const resolved = await reading(() =>
    resolveCheckout(
      deps.db,
      { subscriptionSlug: deps.settings.defaultSubscriptionSlug, oneOffSlug: deps.settings.defaultOneOffSlug },
      { lookupKey: filled(request.lookupKey), couponCode: filled(request.couponCode) },
    ),
  )
  const plan = await planSession(deps, caller, request, group, resolved)
  // Built before anything is held: what it refuses must not leave a reservation behind.
  sessionParams(plan)
  const order = orderOf(caller, group, plan)
  const cap = order.scarce.productId === undefined ? undefined : plan.product.maxLicenseTotal
  const limits = limitsOf(deps.settings.openSessions, caller, cap)
  const offersTrial = plan.mode === 'subscription' && plan.trialPeriodDays > 0
  const open =
    (isScarce(order) ? await findOpenSession(deps, order, limits) : undefined) ??
    (offersTrial ? await findSessionOfTrial(deps, order) : undefined)
  if (typeof open?.url === 'string') return { sessionId: open.id, url: open.url }
  const reservation = {
    reservationId: plan.reservationId,
    productId: resolved.product.id,
    takesLicense: isCapped(plan.mode),
    couponId: resolved.coupon?.id,
    groupKey: order.groupKey,
    expiresAt: new Date(plan.expiresAt.getTime() + GRACE_MS),
    orderKey: order.orderKey,
    identityKey: order.identityKey,
  }
  const getsTrial = await inTransaction(deps.db, async (tx) => {
    if (isScarce(order)) await assertMayOpen(tx, order, limits)
    const held = await reservations.hold(tx, reservation, deps.now())
    if (!held) throw new DomainError('quota_exceeded', 'non-subscription quota exceeded')
    return offersTrial && (await trials.claim(tx, reservation.groupKey, plan.reservationId, deps.now()))
  })
  const session = await openOrRelease(deps, getsTrial ? plan : { ...plan, trialPeriodDays: 0 })
  await inTransaction(deps.db, (tx) =>
    reservations.attachSession(tx, plan.reservationId, session.sessionId, reservation.expiresAt),
  )
  return session
}

async function planSession(
  deps: CheckoutDeps,
  caller: Caller,
  request: CheckoutRequest,
  group: string,
  { product, coupon }: ResolvedCheckout,
): Promise<PlannedSession> {
  const { settings } = deps
  const mode = modeOf(product, coupon)
  const seats = seatsFor(product, coupon, request.managedProducts)
  const amountMinor = priceOf(product, request.managedProducts)
  if (amountMinor === undefined) {
    throw new DomainError('invalid_payload', 'invalid request: managedProducts has no price', { field: 'managedProducts' })
  }
  const now = deps.now()
  const reservationId = newId('reservation')
  const domain = normaliseDomain(request.cookieDomain)
  return {
    product,
    coupon,
    mode,
    seats,
    domain,
    amountMinor,
    maintenancePriceId: mode === 'perpetual_auto' ? await maintenancePrice(deps, product) : undefined,
    trialPeriodDays: await trialDaysFor(
      deps,
      group,
      product.trialPeriodDays > 0 ? product.trialPeriodDays : settings.defaultTrialDays,
    ),
    customerId: await reading(() => licenses.findCustomerOfGroup(deps.db, group, product.currency.toLowerCase(), now)),
    email: caller.email,
    reservationId,
    metadata: writePurchaseMetadata({
      group,
      groupLongName: filled(request.organizationLongName) ?? (isPersonalGroup(group) ? caller.email : undefined) ?? group,
      product,
      mode,
      termDays: product.termDurationDays ?? settings.defaultTermDays,
      seats,
      parts: await bundledParts(deps.db, product),
      domain,
      email: caller.email,
      couponCode: coupon?.code,
      couponMetadata: coupon?.metadata ?? {},
      identity: caller.identity,
      reservationId,
    }),
    expiresAt: sessionEndsAt(now, product, coupon),
    successUrl: successUrl(settings),
    cancelUrl: cancelUrl(settings),
    automaticTax: settings.automaticTax,
  }
}

/** One trial per group, as a license or as the start of a subscription: who had one pays from the first day. */
async function trialDaysFor({ db }: CheckoutDeps, group: string, days: number): Promise<number> {
  if (days <= 0) return 0
  const had = await reading(
    async () => (await trials.find(db, groupKey(group))) !== undefined || licenses.hadFreeStart(db, group),
  )
  return had ? 0 : days
}

/** The recurring line of a product with automatic maintenance. @throws DomainError `internal` when there is none; the reason is in the log */
async function maintenancePrice({ stripe, settings, log }: CheckoutDeps, product: Product): Promise<string> {
  const lookupKey = product.metadata.maintenance_price_lookup_key ?? settings.maintenancePriceLookupKey
  const price = lookupKey === undefined ? undefined : await findPrice(stripe, lookupKey)
  if (price !== undefined && price.recurring !== null) return price.id
  log.error('a product with automatic maintenance has no recurring maintenance price', { slug: product.slug, lookupKey })
  throw new DomainError('internal', 'failed to create checkout session')
}

async function findPrice(stripe: Stripe, lookupKey: string): Promise<Stripe.Price | undefined> {
  try {
    const { data } = await stripe.prices.list({ lookup_keys: [lookupKey], active: true, limit: 1 })
    return data[0]
  } catch (error) {
    throw translateStripeError(error)
  }
}

async function openOrRelease(deps: CheckoutDeps, plan: PlannedSession): Promise<StartedCheckout> {
  const { reservationId, product } = plan
  try {
    return await openForCustomer(
      deps,
      { customerId: plan.customerId, currency: product.currency.toLowerCase() },
      (customerId, attempt) =>
        openSession(
          deps.stripe,
          sessionParams({ ...plan, customerId }),
          `checkout-${reservationId}${attempt === 1 ? '' : `-${attempt}`}`,
        ),
    )
  } catch (error) {
    if (!(error instanceof SessionNotOpened)) throw error
    if (error.certainly) await inTransaction(deps.db, (tx) => reservations.release(tx, reservationId, deps.now()))
    else deps.log.warn('checkout session has an unknown outcome, its reservation is kept', { reservationId })
    throw translateStripeError(error.cause)
  }
}
