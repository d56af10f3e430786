import { automaticTaxPercent, taxOn } from '../billing/tax.ts'
import type { Emulation } from '../core/emulation.ts'
import type { SessionCreate, StoredSession } from '../core/stored-session.ts'
import type { LineItem } from '../core/wire.ts'

export interface Totals {
  subtotal: number
  discount: number
  tax: number
  total: number
}

/** Sums over the lines, minor units. With a trial, what recurs costs nothing today. */
export function totalsOf(lines: readonly LineItem[], trial = false): Totals {
  const due = lines.filter((line) => !(trial && line.price?.type === 'recurring'))
  const sum = (pick: (line: LineItem) => number) => due.reduce((total, line) => total + pick(line), 0)
  return {
    subtotal: sum((line) => line.amount_subtotal),
    discount: sum((line) => line.amount_discount),
    tax: sum((line) => line.amount_tax),
    total: sum((line) => line.amount_total),
  }
}

export function hasTrial(params: SessionCreate): boolean {
  return params.subscription_data?.trial_period_days !== undefined || params.subscription_data?.trial_end !== undefined
}

/** Taxes the lines of a session that has automatic tax, and sums up anew: once it is known where the customer is. */
export function applyTax(emulation: Emulation, stored: StoredSession): void {
  const { session, plan } = stored
  const customer = emulation.store.customers.get(session.customer ?? '') ?? null
  const percent = automaticTaxPercent(emulation, session.automatic_tax.enabled, customer)
  for (const line of plan.lineItems) {
    const net = line.amount_subtotal - line.amount_discount
    const tax = taxOn(net, percent, line.price?.tax_behavior)
    line.amount_tax = tax.amount
    line.amount_total = tax.inclusive ? net : net + tax.amount
  }
  if (session.automatic_tax.enabled) session.automatic_tax.status = 'complete'
  sumUp(stored)
}

/** Writes the sums of the lines into the session. */
export function sumUp({ session, plan }: StoredSession): void {
  const totals = totalsOf(plan.lineItems, hasTrial(plan.params))
  session.amount_subtotal = totals.subtotal
  session.amount_total = totals.total
  session.total_details = { amount_discount: totals.discount, amount_shipping: 0, amount_tax: totals.tax }
}
