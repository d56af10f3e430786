import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { Stripe } from 'stripe'

export interface AStripe {
  readonly emulator: Emulator
  /** Sees what the API under test did at Stripe. */
  readonly stripe: Stripe
  /** What the API under test is configured with. */
  readonly account: { readonly apiKey: string; readonly apiBase: string }
  /** Requests that reached Stripe, as `POST /v1/prices`; those of `stripe` itself included. */
  calls(): Promise<string[]>
  stop(): Promise<void>
}

/** A Stripe of this test's own. */
export async function aStripe(): Promise<AStripe> {
  const emulator = await startEmulator({ recordFile: '' })
  return {
    emulator,
    stripe: new Stripe(emulator.apiKey, { host: '127.0.0.1', port: emulator.port, protocol: 'http' }),
    account: { apiKey: emulator.apiKey, apiBase: emulator.url },
    calls: async () => (await emulator.control.traffic()).map(({ method, path }) => `${method} ${path}`),
    stop: () => emulator.stop(),
  }
}
