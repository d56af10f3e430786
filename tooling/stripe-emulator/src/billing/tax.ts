import type { Emulation } from '../core/emulation.ts'
import type { Customer, Price, TaxRate } from '../core/wire.ts'

/** The tax on one line, minor units. */
export interface LineTax {
  readonly amount: number
  /** What the tax is computed of: without the tax itself. */
  readonly taxable: number
  /** In the amount already, not on top of it. */
  readonly inclusive: boolean
}

/** The tax rate of an automatic-tax purchase in percent (setting `tax.percent`): none for a customer who is exempt or pays it elsewhere. */
export function automaticTaxPercent({ settings }: Emulation, enabled: boolean, customer: Customer | null): number {
  const taxed = enabled && (customer === null || customer.tax_exempt === 'none')
  return taxed ? settings.current.tax.percent : 0
}

/** @param amount  after discounts; negative for a credit */
export function taxOn(amount: number, percent: number, behavior: Price['tax_behavior'] | undefined): LineTax {
  const inclusive = behavior === 'inclusive'
  const tax = Math.round(inclusive ? (amount * percent) / (100 + percent) : (amount * percent) / 100)
  return { amount: tax, taxable: inclusive ? amount - tax : amount, inclusive }
}

/** The rate that automatic tax names, made at its first use. */
export function automaticTaxRate(emulation: Emulation, inclusive: boolean): TaxRate {
  const percent = emulation.settings.current.tax.percent
  const made = emulation.store.taxRates
    .newestFirst()
    .find((rate) => !rate.active && rate.percentage === percent && rate.inclusive === inclusive)
  // Inactive, as Stripe makes them: nobody can put it on an invoice by hand.
  return made ?? addTaxRate(emulation, { active: false, display_name: 'Tax', inclusive, percentage: percent })
}

export function addTaxRate(
  emulation: Emulation,
  order: Pick<TaxRate, 'active' | 'display_name' | 'inclusive' | 'percentage'> & Partial<TaxRate>,
): TaxRate {
  return emulation.store.taxRates.add({
    id: emulation.ids.next('txr_'),
    object: 'tax_rate',
    country: null,
    created: emulation.clock.now(),
    description: null,
    effective_percentage: order.percentage,
    flat_amount: null,
    jurisdiction: null,
    jurisdiction_level: null,
    livemode: false,
    metadata: {},
    rate_type: 'percentage',
    state: null,
    tax_type: null,
    ...order,
  })
}
