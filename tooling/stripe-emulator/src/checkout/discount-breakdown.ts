import type { Store } from '../core/store.ts'
import type { Discount, Session } from '../core/wire.ts'

type Breakdown = NonNullable<NonNullable<Session['total_details']>['breakdown']>

/** A session's `total_details.breakdown`: its one discount, if any. Tax is always 0 here, so no rate is listed. */
export function breakdownOf(store: Store, sessionId: string): Breakdown {
  const stored = store.sessions.get(sessionId)
  if (stored === undefined || stored.plan.coupon === null) return { discounts: [], taxes: [] }
  const { session, plan } = stored
  const redeemed = store.discounts.newestFirst().find((discount) => discount.checkout_session === sessionId)
  const discount = redeemed ?? plannedDiscount(session, stored.plan.coupon, plan.promotionCode)
  return { discounts: [{ amount: session.total_details?.amount_discount ?? 0, discount }], taxes: [] }
}

/** The discount an open session will give. It becomes an object of its own only when someone pays. */
function plannedDiscount(session: Session, coupon: string, promotionCode: string | null): Discount {
  return {
    id: `di_${session.id.slice(-24)}`,
    object: 'discount',
    checkout_session: session.id,
    customer: session.customer,
    customer_account: null,
    end: null,
    invoice: null,
    invoice_item: null,
    promotion_code: promotionCode,
    source: { coupon, type: 'coupon' },
    start: session.created,
    subscription: null,
    subscription_item: null,
  }
}
