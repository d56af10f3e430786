import { z } from 'zod'

const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC' })

/**
 * A paid license was created or renewed (contract section 7). Delivery is at least once: consumers act once per `licenseId`, `reason` and
 * `maintenanceExpiresAt`. It tells what was true at `occurredAt`; the license may have been revoked or renewed since.
 *
 * Unknown further fields may be added in later releases; parsing drops them.
 */
export const LicenseIssued = z
  .object({
    licenseId: z.string().min(1).meta({ description: 'Id of the license' }),
    email: z.string().meta({ description: 'Primary contact of the purchase' }),
    payloadB64: z.base64().min(1).meta({ description: 'The signed payload bytes, standard base64 with padding' }),
    signatureB64: z
      .base64()
      .min(1)
      .meta({ description: 'RSASSA-PKCS1-v1_5 with SHA-256 over the payload bytes, standard base64 with padding' }),
    exp: instant.meta({ description: 'End of validity, RFC 3339, UTC' }),
    plan: z.string().meta({ description: 'Plan that was bought' }),
    domain: z.string().optional().meta({ description: 'Domain the license is bound to' }),
    group: z.string().meta({ description: 'Customer group that owns the license' }),
    stripe: z
      .object({
        customerId: z.string().optional(),
        checkoutSessionId: z.string().optional(),
        invoiceId: z.string().optional(),
      })
      .meta({ description: 'Where the payment is found at Stripe; what does not exist is absent' }),
    productKey: z.string().optional().meta({ description: 'Product key, which also names the signing key' }),
    seats: z.int().nonnegative().optional().meta({ description: 'Seats the license allows' }),
    licenseText: z.string().optional().meta({ description: 'The license file as the customer downloads it' }),
    keyId: z.string().optional().meta({ description: 'SHA-256 fingerprint of the key that signed' }),
    maintenanceExpiresAt: instant.optional().meta({ description: 'End of maintenance, RFC 3339, UTC' }),
    reason: z.enum(['purchase', 'renewal', 'maintenance']).meta({ description: 'Why this license is announced' }),
    occurredAt: instant.meta({ description: 'When all of this was true, RFC 3339, UTC' }),
    licenseUrl: z.url().optional().meta({ description: 'Where the present state of the license is found' }),
  })
  .meta({ id: 'LicenseIssued', description: 'A paid license was created or renewed' })
export type LicenseIssued = z.infer<typeof LicenseIssued>

/** JSON Schema (2020-12) of the event, for consumers in other languages. */
export function licenseIssuedJsonSchema(): z.core.JSONSchema.JSONSchema {
  // Of what is sent: the schema of what parsing returns would forbid the fields of later releases.
  return z.toJSONSchema(LicenseIssued, { io: 'input' })
}

/**
 * Value of `Nats-Msg-Id`: the stream stores one message per id.
 *
 * @param maintenanceExpiresAt  only for a renewed maintenance, which announces the same license again
 */
export function licenseIssuedMessageId(subject: string, licenseId: string, maintenanceExpiresAt?: string): string {
  return maintenanceExpiresAt === undefined ? `${subject}:${licenseId}` : `${subject}:${licenseId}:${maintenanceExpiresAt}`
}
