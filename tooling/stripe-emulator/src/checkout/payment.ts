import type { Emulation } from '../core/emulation.ts'
import type { Payer } from '../core/payment-form.ts'
import type { StoredPaymentMethod } from '../core/store.ts'
import type { StoredSession } from '../core/stored-session.ts'

/** Everything a completed session's scenario needs. */
export interface Payment {
  emulation: Emulation
  stored: StoredSession
  payer: Payer
  due: number
  delayed: boolean
  /** Makes the payment method once the customer is known; `null` when nothing is collected. */
  addMethod: ((customer: string | null) => StoredPaymentMethod) | null
}

export function metadataOfPayment(metadata: Record<string, string | number | null> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, String(value ?? '')]))
}
