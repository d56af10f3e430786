import { afterPaymentBy } from '../billing/dispute.ts'
import type { Emulation } from '../core/emulation.ts'
import type { PaymentForm } from '../core/payment-form.ts'
import type { StoredSession } from '../core/stored-session.ts'
import { completeSession, type PaymentOutcome } from './complete-session.ts'
import { settleDebit } from './settle-debit.ts'

/** Completes a session and, for a debit whose end was chosen, schedules that end on the emulator's clock. */
export function pay(emulation: Emulation, stored: StoredSession, form: PaymentForm): PaymentOutcome {
  const outcome = completeSession(emulation, stored, form)
  const { asyncSettleMs } = emulation.settings.current.checkout
  const chosen = form.method === 'bank_debit_succeeds' || form.method === 'bank_debit_fails'
  if (outcome.kind === 'completed' && chosen && stored.plan.pending !== null && asyncSettleMs !== null) {
    emulation.clock.at(emulation.clock.nowMs() + asyncSettleMs, () => {
      if (stored.plan.pending !== null) settleDebit(emulation, stored, form.method === 'bank_debit_succeeds')
    })
  }
  if (outcome.kind === 'completed') {
    const { invoice, payment_intent: intent } = stored.session
    const billed = emulation.store.invoicePayments.newestFirst().find((payment) => payment.invoice === invoice)
    afterPaymentBy(emulation, intent ?? billed?.payment.payment_intent ?? null)
  }
  return outcome
}
