import { generateSigningKey, type LicensePayload, loadSigningKey, type SigningKey } from '../src/index.ts'

/** A license payload in which only what a test cares about is named. */
export function aPayload(changes: Partial<LicensePayload> = {}): LicensePayload {
  return {
    v: 1,
    licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
    group: 'acme',
    email: 'owner@acme.test',
    productKey: 'core',
    plan: 'pro',
    domain: '.acme.test',
    seats: 25,
    licenseType: 'subscription',
    issuedAt: '2026-01-01T00:00:00Z',
    expiresAt: '2027-01-01T00:00:00Z',
    priceLocked: false,
    ...changes,
  }
}

export async function aSigningKey(): Promise<SigningKey> {
  return loadSigningKey(await generateSigningKey({ modulusLength: 2048 }))
}

/** A clock that stands still. */
export function at(instant: string): () => Date {
  return () => new Date(instant)
}
