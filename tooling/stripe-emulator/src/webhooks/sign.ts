import { createHmac } from 'node:crypto'

/** HMAC-SHA256 over `t.body`, keyed with the whole `whsec_…` string. */
export function signatureOf(secret: string, timestamp: number, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}

/** The `Stripe-Signature` header: `t=<unix seconds>,v1=<hex>`, one `v1` per signature. */
export function signatureHeader(timestamp: number, signatures: readonly string[]): string {
  return [`t=${timestamp}`, ...signatures.map((signature) => `v1=${signature}`)].join(',')
}
