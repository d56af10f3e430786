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
