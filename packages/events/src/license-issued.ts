import { z } from 'zod'

const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC' })

/**
 * A paid license was created or renewed. Consumers act once per `licenseId`, `reason` and `maintenanceExpiresAt`: delivery is at least once.
 * Unknown further fields may be added in later releases.
 */
export const LicenseIssued = z
  .object({
    licenseId: z.string().min(1).meta({ description: 'Id of the license' }),
    email: z.string().meta({ description: 'Primary contact of the purchase' }),
    payloadB64: z.base64().meta({ description: 'The signed payload bytes, standard base64' }),
    signatureB64: z.base64().meta({ description: 'RSASSA-PKCS1-v1_5 with SHA-256 over the payload bytes, standard base64' }),
    exp: instant.meta({ description: 'End of validity, RFC 3339, UTC' }),
    plan: z.string(),
    domain: z.string().optional(),
    group: z.string(),
    stripe: z.object({
      customerId: z.string().optional(),
      checkoutSessionId: z.string().optional(),
      invoiceId: z.string().optional(),
    }),
    productKey: z.string().optional(),
    seats: z.int().nonnegative().optional(),
    licenseText: z.string().optional().meta({ description: 'The license file as the customer downloads it' }),
    keyId: z.string().optional().meta({ description: 'SHA-256 fingerprint of the key that signed' }),
    maintenanceExpiresAt: instant.optional(),
    reason: z.enum(['purchase', 'renewal', 'maintenance']),
    occurredAt: instant.meta({ description: 'When this was true; the present state is in the license API, by licenseId' }),
  })
  .meta({ id: 'LicenseIssued', description: 'A paid license was created or renewed' })
export type LicenseIssued = z.infer<typeof LicenseIssued>

/** JSON Schema (2020-12) of the event, for consumers in other languages. */
export function licenseIssuedJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(LicenseIssued)
}

/**
 * Value of `Nats-Msg-Id`: the stream stores one message per id.
 *
 * @param maintenanceExpiresAt  only for a renewed maintenance, which announces the same license again
 */
export function licenseIssuedMessageId(subject: string, licenseId: string, maintenanceExpiresAt?: string): string {
  return maintenanceExpiresAt === undefined ? `${subject}:${licenseId}` : `${subject}:${licenseId}:${maintenanceExpiresAt}`
}
