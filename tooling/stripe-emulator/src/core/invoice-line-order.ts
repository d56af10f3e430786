export interface InvoiceLineOrder {
  amount: number
  discount: number
  description: string | null
  price: string
  product: string
  unitAmountDecimal: string | null
  quantity: number | null
  period: { start: number; end: number }
  /** The subscription item it bills; `null` for what is bought once. */
  subscriptionItem: string | null
  metadata: Record<string, string>
  /** For a part of a period after a change: what is due for the new plan, or given back for the old one. */
  proration?: 'debit' | 'credit'
}
