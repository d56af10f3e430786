import type { DeliverySwitches } from '../core/settings.ts'
import { signatureHeader, signatureOf } from './sign.ts'

/** Signatures are made afresh for each try and use the machine's time: that is what the receiver compares with. */
export function headersFor(switches: DeliverySwitches, secret: string, body: string): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000) - switches.signatureAgeSeconds
  const signature = signatureOf(switches.badSignature ? `${secret}-wrong` : secret, timestamp, body)
  const foreign = switches.twoSignatures ? [signatureOf('whsec_rolled_away', timestamp, body)] : []
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'cache-control': 'no-cache',
    accept: '*/*; q=0.5, application/xml',
    'stripe-signature': signatureHeader(timestamp, [...foreign, signature]),
  }
}
