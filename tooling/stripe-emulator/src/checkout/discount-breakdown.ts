import type { Store } from '../core/store.ts'
import type { StoredSession } from '../core/stored-session.ts'
import type { Discount, LineItem, Session } from '../core/wire.ts'

type Breakdown = NonNullable<NonNullable<Session['total_details']>['breakdown']>

/** A session's `total_details.breakdown`: its one discount and its taxes, if any. */
export function breakdownOf(store: Store, sessionId: string): Breakdown {
  const stored = store.sessions.get(sessionId)
  if (stored === undefined) return { discounts: [], taxes: [] }
  const { session, plan } = stored
  const taxes = taxesOf(store, stored)
  if (plan.coupon === null) return { discounts: [], taxes }
  const redeemed = store.discounts.newestFirst().find((discount) => discount.checkout_session === sessionId)
  const discount = redeemed ?? plannedDiscount(session, plan.coupon, plan.promotionCode)
  return { discounts: [{ amount: session.total_details?.amount_discount ?? 0, discount }], taxes }
}

/** Only automatic tax is there, at one rate: one entry for what is on top of the prices, one for what is in them. */
function taxesOf(store: Store, { plan }: StoredSession): Breakdown['taxes'] {
  return [false, true].flatMap((inclusive) => {
    const lines = plan.lineItems.filter(
      (line) => line.amount_tax !== 0 && (line.price?.tax_behavior === 'inclusive') === inclusive,
    )
    const rate = store.taxRates.newestFirst().find((entry) => entry.inclusive === inclusive && !entry.active)
    if (lines.length === 0 || rate === undefined) return []
    const sum = (pick: (line: LineItem) => number) => lines.reduce((total, line) => total + pick(line), 0)
    const amount = sum((line) => line.amount_tax)
    return [{ amount, rate, taxability_reason: 'standard_rated', taxable_amount: sum((line) => line.amount_total) - amount }]
  })
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
