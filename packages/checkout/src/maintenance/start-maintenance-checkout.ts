import { type Db, licenses, reading, refusedCustomers } from '@licenseoperator/db'
import {
  assertScope,
  type Caller,
  DomainError,
  groupKey,
  isMember,
  isSysadmin,
  type Log,
  type Surface,
} from '@licenseoperator/domain'
import { idOf, translateStripeError } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { openForCustomer } from '../session/open-for-customer.ts'
import { dashboardUrl, type ReturnUrlSettings } from '../session/return-urls.ts'

export interface MaintenanceCheckoutDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  readonly urls: ReturnUrlSettings
  readonly automaticTax: boolean
  /** Lookup key of the maintenance price at Stripe. */
  readonly priceLookupKey: string | undefined
  readonly log: Log
}

/**
 * Opens a one-time payment for a year of maintenance of a perpetual license.
 *
 * @throws DomainError `forbidden`, the same for an unknown license, one of another group, one that is not perpetual, revoked, or renews by itself;
 *   `internal` when no maintenance price is configured (the reason is in the log); `temporarily_unavailable`
 */
export async function startMaintenanceCheckout(
  deps: MaintenanceCheckoutDeps,
  caller: Caller,
  request: { licenseId: string; groupName: string },
): Promise<{ url: string }> {
  assertScope(caller, 'payments:checkout', deps.requiredScopes)
  const license = await reading(() => licenses.findById(deps.db, request.licenseId))
  if (license === undefined || !isRenewable(license, caller, request.groupName))
    throw new DomainError('forbidden', 'license is not a perpetual manual license')
  try {
    const price = await maintenancePrice(deps)
    const session = await openForCustomer(
      { ...deps, now: () => new Date() },
      { customerId: await customerOf(deps, license, price), currency: price.currency },
      (customerId) => deps.stripe.checkout.sessions.create(maintenanceParams(deps, caller, license, price, customerId)),
    )
    if (session.url === null) throw new DomainError('internal', 'failed to create maintenance checkout')
    return { url: session.url }
  } catch (error) {
    throw translateStripeError(error)
  }
}

/** The one who bought the license, unless Stripe has refused them since: then the group's present customer. */
async function customerOf(
  { db }: MaintenanceCheckoutDeps,
  { stripe: { customerId }, groupName }: licenses.StoredLicense,
  { currency }: Stripe.Price,
): Promise<string | undefined> {
  if (customerId === undefined || !(await reading(() => refusedCustomers.isRefused(db, customerId, currency)))) return customerId
  return reading(() => licenses.findCustomerOfGroup(db, groupName, currency))
}

/** Whether the caller may buy maintenance for the license: one of the group that is named, and of theirs; that lasts for ever and does not renew by itself. */
export function isRenewable(license: licenses.StoredLicense, caller: Caller, group: string): boolean {
  return (
    groupKey(license.groupName) === groupKey(group) &&
    (isSysadmin(caller) || isMember(caller, license.groupName)) &&
    license.kind === 'perpetual' &&
    license.state.revokedAt === undefined &&
    license.stripe.subscriptionId === undefined
  )
}

async function maintenancePrice({ stripe, priceLookupKey, log }: MaintenanceCheckoutDeps): Promise<Stripe.Price> {
  const failed = (reason: string) => {
    log.error('maintenance cannot be sold', { reason })
    return new DomainError('internal', 'failed to create maintenance checkout')
  }
  if (priceLookupKey === undefined) throw failed('stripe.maintenance_price_lookup_key is not set')
  const { data } = await stripe.prices.list({ lookup_keys: [priceLookupKey], active: true, limit: 1 })
  const [price] = data
  if (price === undefined) throw failed('Stripe has no active price with stripe.maintenance_price_lookup_key')
  return price
}

/** The Stripe checkout session that is one payment for a year of maintenance. */
export function maintenanceParams(
  { urls, automaticTax }: Pick<MaintenanceCheckoutDeps, 'urls' | 'automaticTax'>,
  caller: Caller,
  license: licenses.StoredLicense,
  price: Stripe.Price,
  customerId: string | undefined,
): Stripe.Checkout.SessionCreateParams {
  const metadata = {
    license_type: 'maintenance_renewal',
    original_license_id: license.licenseId,
    group_name: license.groupName,
    group: license.groupName,
    product_key: license.productKey,
    identity: caller.identity,
  }
  return {
    mode: 'payment',
    line_items: [lineItem(price)],
    success_url: dashboardUrl(urls, 'licenses/group', 'maintenance=renewed'),
    cancel_url: dashboardUrl(urls, 'licenses/group'),
    metadata,
    payment_intent_data: { metadata },
    ...(customerId === undefined ? { customer_email: license.email } : { customer: customerId }),
    ...(automaticTax ? { automatic_tax: { enabled: true } } : {}),
    ...(automaticTax && customerId !== undefined ? { customer_update: { address: 'auto' as const } } : {}),
  }
}

/** A price that recurs, for licenses that renew by themselves, is paid once here. */
function lineItem(price: Stripe.Price): Stripe.Checkout.SessionCreateParams.LineItem {
  if (price.recurring === null || price.unit_amount === null) return { price: price.id, quantity: 1 }
  const { currency, unit_amount } = price
  return { quantity: 1, price_data: { currency, unit_amount, product: idOf(price.product) } }
}
