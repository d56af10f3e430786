import type { CardBehavior } from '../core/card-behavior.ts'
/** Why a charge was refused, in Stripe's words. */
export interface CardRefusal {
  code: 'card_declined' | 'expired_card' | 'incorrect_cvc' | 'processing_error' | 'payment_intent_authentication_failure'
  decline_code: string | null
  message: string
}

export interface TestCard {
  number: string
  brand: 'visa' | 'mastercard'
  /** What the page's list says about it. */
  outcome: string
  /** Refused at once, on the page. */
  refusal?: CardRefusal
  /** Can be saved, but every charge of it fails. */
  failsCharges?: boolean
  behavior?: CardBehavior
}

/** The card whose payments are approved in a step of their own. */
export const approvalCard = '4000002500003155'

const declined: CardRefusal = { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' }

export const genericDecline: CardRefusal = declined

/** The cardholder did not approve. Nothing was charged, not even in vain. */
export const notApproved: CardRefusal = {
  code: 'payment_intent_authentication_failure',
  decline_code: null,
  message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
}

/** Stripe's published test cards, as far as this emulator knows them. */
export const testCards: readonly TestCard[] = [
  { number: '4242424242424242', brand: 'visa', outcome: 'Payment succeeds' },
  { number: '5555555555554444', brand: 'mastercard', outcome: 'Payment succeeds' },
  { number: '4000000000000002', brand: 'visa', outcome: 'Declined', refusal: declined },
  {
    number: '4000000000009995',
    brand: 'visa',
    outcome: 'Declined: insufficient funds',
    refusal: { code: 'card_declined', decline_code: 'insufficient_funds', message: 'Your card has insufficient funds.' },
  },
  {
    number: '4000000000000069',
    brand: 'visa',
    outcome: 'Declined: expired card',
    refusal: { code: 'expired_card', decline_code: 'expired_card', message: 'Your card has expired.' },
  },
  {
    number: '4000000000000127',
    brand: 'visa',
    outcome: 'Declined: wrong security code',
    refusal: { code: 'incorrect_cvc', decline_code: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  },
  {
    number: '4000000000000119',
    brand: 'visa',
    outcome: 'Declined: processing error',
    refusal: {
      code: 'processing_error',
      decline_code: 'processing_error',
      message: 'An error occurred while processing your card. Try again in a little bit.',
    },
  },
  { number: approvalCard, brand: 'visa', outcome: 'Asks for approval', behavior: { asksForApproval: true } },
  {
    number: '4000000000000259',
    brand: 'visa',
    outcome: 'Payment succeeds, then is disputed',
    behavior: { disputesCharges: true },
  },
  { number: '4000000000000341', brand: 'visa', outcome: 'Can be saved, later charges fail', failsCharges: true },
  {
    number: '4000000000005423',
    brand: 'visa',
    outcome: 'Payment succeeds, then a warning of fraud',
    behavior: { warnsOfFraud: true },
  },
  {
    number: '4000000000007726',
    brand: 'visa',
    outcome: 'Payment succeeds, refunds take a while',
    behavior: { refunds: 'pending' },
  },
  { number: '4000000000005126', brand: 'visa', outcome: 'Payment succeeds, refunds fail later', behavior: { refunds: 'fail' } },
]

/** The test card with this number, however it is spaced; `undefined` for any other. */
export function findCard(number: string): TestCard | undefined {
  const digits = number.replaceAll(/[\s-]/g, '')
  return testCards.find((card) => card.number === digits)
}
