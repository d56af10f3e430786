/** What happens to payments by a card apart from being refused. */
export interface CardBehavior {
  /** Charges succeed, then the cardholder's bank disputes them. */
  disputesCharges?: boolean
  /** Charges succeed, then the card's network warns of fraud. */
  warnsOfFraud?: boolean
  /** The cardholder is asked to approve a payment. Charges without them are asked for only if `offSessionAuthentication` is on. */
  asksForApproval?: boolean
  /** Refunds wait for the bank, or fail after they had succeeded. */
  refunds?: 'pending' | 'fail'
}
