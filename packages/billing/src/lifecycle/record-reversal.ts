import { licenses, payments, reading, reversals, type stripeEvents, type Tx } from '@licenseoperator/db'
import {
  deriveLicenses,
  familyOf,
  type LicenseFamily,
  lockPurchase,
  purchaseLockOf,
  renewedLicenseOf,
} from '@licenseoperator/licensing'
import { type Charge, chargeOfDispute, readCharge, readDispute, readRefund, unlessUnknown } from '@licenseoperator/stripe'
import {
  type EventHandler,
  type EventOutcome,
  ignore,
  markProcessed,
  PROCESSOR,
  type ProcessDeps,
} from '../handling/event-handler.ts'
import { recountMaintenance } from '../maintenance/recount-maintenance.ts'
import { type ChargedPayment, paymentOfCharge } from './payment-of-charge.ts'
import { storeObserved } from './store-observed.ts'

/** Money of a charge went back, in part or in full, or came again because a refund failed. What counts is the charge as Stripe has it now. */
export const recordRefund: EventHandler = async (deps, event, arrived) => {
  const eventCharge = event.type === 'charge.refunded' ? readCharge(event.object) : undefined
  const chargeId = eventCharge?.id ?? readRefund(event.object).chargeId
  if (chargeId === undefined) return ignore(deps, arrived, 'a refund of no charge')
  const payment = await paymentBehind(deps, chargeId, eventCharge)
  if (payment === undefined) return ignore(deps, arrived, 'a charge of another application')
  return recordReversal(deps, arrived, payment, chargeId, async () => {
    const charge = (await chargeNow(deps, chargeId)) ?? eventCharge
    if (charge === undefined) return undefined
    return refundOf(chargeId, charge)
  })
}

/** What went back of a charge. There is one such fact for a charge, however many refunds it has. */
export function refundOf(chargeId: string, charge: Pick<Charge, 'amountRefundedMinor' | 'refundedInFull'>): ReversalFact {
  const { amountRefundedMinor: amountMinor, refundedInFull } = charge
  const status = refundedInFull ? 'full' : amountMinor > 0 ? 'partial' : 'none'
  return { reversalId: chargeId, kind: 'refund', status, amountMinor, chargeId }
}

/** A dispute was opened, moved on or closed. What counts is the dispute as Stripe has it now. */
export const recordDispute: EventHandler = async (deps, event, arrived) => {
  const chargeId = chargeOfDispute(event.object)
  if (chargeId === undefined) return ignore(deps, arrived, 'a dispute about no charge')
  const payment = await paymentBehind(deps, chargeId, undefined)
  if (payment === undefined) return ignore(deps, arrived, 'a charge of another application')
  const eventDispute = readDispute(event.object)
  return recordReversal(deps, arrived, payment, eventDispute.id, async () => {
    const { status, amountMinor } = (await disputeNow(deps, eventDispute.id)) ?? eventDispute
    return { reversalId: eventDispute.id, kind: 'dispute', status, amountMinor, chargeId }
  })
}

/** What Stripe says of money that went back, or is asked back. */
type ReversalFact = Omit<reversals.Reversal, 'paymentIntentId' | 'invoiceId'>

async function recordReversal(
  deps: ProcessDeps,
  arrived: stripeEvents.ArrivedEvent,
  payment: ChargedPayment,
  reversalId: string,
  ask: () => Promise<ReversalFact | undefined>,
): Promise<EventOutcome> {
  const now = deps.now()
  const { paymentIntentId, invoiceId, subscriptionId } = payment
  await storeObserved(
    deps,
    () => reading(() => reversals.versionOf(deps.db, reversalId)),
    ask,
    async (tx, answer, version) => {
      await lockPurchase(tx, subscriptionId ?? paymentIntentId ?? reversalId)
      if (answer !== undefined && !(await reversals.put(tx, { ...answer, paymentIntentId, invoiceId }, version, now)))
        return 'overtaken'
      const family = await familyOfPayment(tx, payment)
      if (family !== undefined) await deriveLicenses(tx, family, { policy: deps.policy, actor: PROCESSOR, now })
      return 'stored'
    },
  )
  await recountMaintenance(deps, { paymentIntentId, invoiceId })
  return markProcessed(deps, arrived)
}

/**
 * The licenses that the payment is about; none while nothing was issued: issuing looks at the reversal then. A renewal of maintenance is about a
 * license that another payment bought, whose lock is taken too.
 */
async function familyOfPayment(tx: Tx, names: ChargedPayment): Promise<LicenseFamily | undefined> {
  const payment = await payments.findByStripe(tx, names)
  if (payment === undefined) return undefined
  const renewed = renewedLicenseOf(payment.issuanceKey)
  if (renewed === undefined) return { issuanceKey: payment.issuanceKey }
  const license = await licenses.findById(tx, renewed)
  if (license === undefined) return undefined
  await lockPurchase(tx, purchaseLockOf(license))
  return { ...familyOf(license), renewalPaymentKey: payment.paymentKey }
}

async function paymentBehind(
  deps: ProcessDeps,
  chargeId: string,
  eventCharge: Charge | undefined,
): Promise<ChargedPayment | undefined> {
  const charge = (await chargeNow(deps, chargeId)) ?? eventCharge
  return charge && paymentOfCharge(deps, { ...charge, invoiceId: eventCharge?.invoiceId ?? charge.invoiceId })
}

async function chargeNow({ stripe }: ProcessDeps, chargeId: string): Promise<Charge | undefined> {
  const charge = await unlessUnknown(stripe.charges.retrieve(chargeId))
  return charge && readCharge(charge)
}

async function disputeNow({ stripe }: ProcessDeps, disputeId: string) {
  const dispute = await unlessUnknown(stripe.disputes.retrieve(disputeId))
  return dispute && readDispute(dispute)
}
