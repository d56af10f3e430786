import { orderOf } from '@licenseoperator/checkout/testing'
import type { TestDatabase } from '@licenseoperator/db/testing'
import { silentLog } from '@licenseoperator/domain'
import { createStripe } from '@licenseoperator/stripe'
import type { Emulator } from '@licenseoperator/stripe-emulator'

/** A purchase of the product `core` whose webhook never arrived. */
export async function unheardPurchase({ db }: TestDatabase, emulator: Emulator): Promise<void> {
  const stripe = createStripe({ apiKey: emulator.apiKey, apiBase: emulator.url })
  const deps = { db, stripe, log: silentLog, now: () => new Date() }
  const { sessionId } = await orderOf({ deps }, 'acme', { lookupKey: 'core' })
  await emulator.control.completeCheckout(sessionId)
}
