import { type Db, licenses, payments, reading } from '@licenseoperator/db'
import { assertScope, type Caller, DomainError, isMember, isSysadmin, type Surface } from '@licenseoperator/domain'
import { translateStripeError } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'

export interface PortalDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  /** Where Stripe sends the customer back to. */
  readonly returnUrl: string
}

/**
 * Opens Stripe's billing portal for a customer.
 *
 * @throws DomainError `forbidden` unless the customer bought something for a group of the caller's; `invalid_payload` for one that Stripe does not
 *   know; `temporarily_unavailable`
 */
export async function openCustomerPortal(deps: PortalDeps, caller: Caller, customerId: string): Promise<{ url: string }> {
  assertScope(caller, 'payments:checkout', deps.requiredScopes)
  if (!isSysadmin(caller) && !(await isCustomerOf(deps.db, caller, customerId))) throw new DomainError('forbidden', 'forbidden')
  try {
    const session = await deps.stripe.billingPortal.sessions.create({ customer: customerId, return_url: deps.returnUrl })
    return { url: session.url }
  } catch (error) {
    throw translateStripeError(error)
  }
}

async function isCustomerOf(db: Db, caller: Caller, customerId: string): Promise<boolean> {
  const owners = await reading(async () => [
    ...(await licenses.groupKeysOfCustomer(db, customerId)),
    ...(await payments.groupKeysOfCustomer(db, customerId)),
  ])
  return owners.some((owner) => isMember(caller, owner))
}
