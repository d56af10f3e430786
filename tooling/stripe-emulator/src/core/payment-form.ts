import type { TaxId } from './wire.ts'

export interface Payer {
  email: string
  name: string
  country: string
  postalCode: string
}

export type PayMethod = 'card' | 'bank_debit' | 'bank_debit_succeeds' | 'bank_debit_fails'

/** What the payer put into the form (or the control call in its place). */
export interface PaymentForm {
  method: PayMethod
  card: string
  expiryMonth: number
  expiryYear: number
  cvc: string
  payer: Payer
  /** Typed on the page, where the session allows codes; `''` for none. */
  promotionCode: string
  /** Where the session collects tax ids. */
  taxId: Pick<TaxId, 'type' | 'value'> | null
  acceptsTerms: boolean
  /** What the cardholder said when the card asked; `null`: not asked yet. */
  approval: 'approve' | 'refuse' | null
}
