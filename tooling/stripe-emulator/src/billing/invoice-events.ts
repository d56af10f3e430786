import type { Cause, Emulation } from '../core/emulation.ts'
import type { Invoice, InvoicePayment } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { finalizeInvoice } from './invoice.ts'

/** `invoice.created` (a draft), then `invoice.finalized`. */
export function announceInvoice(emulation: Emulation, cause: Cause, invoice: Invoice): void {
  emit(emulation, cause, 'invoice.created', invoice)
  finalizeInvoice(emulation, invoice)
  emit(emulation, cause, 'invoice.finalized', invoice)
}

/** What a paid invoice sends. Nothing was paid on a zero invoice, so its `payment_succeeded` is a switch. */
export function announcePaid(emulation: Emulation, cause: Cause, invoice: Invoice, payment: InvoicePayment | null): void {
  if (payment !== null) emit(emulation, cause, 'invoice_payment.paid', payment)
  emit(emulation, cause, 'invoice.paid', invoice)
  if (payment !== null || emulation.settings.current.subscriptions.zeroInvoiceSendsPaymentSucceeded) {
    emit(emulation, cause, 'invoice.payment_succeeded', invoice)
  }
}

/** An open invoice that nobody owes any more. */
export function voidInvoice(emulation: Emulation, cause: Cause, invoice: Invoice): Invoice {
  invoice.status = 'void'
  invoice.next_payment_attempt = null
  invoice.status_transitions.voided_at = emulation.clock.now()
  emit(emulation, cause, 'invoice.voided', invoice)
  return invoice
}
