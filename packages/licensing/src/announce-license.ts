import { outbox, type Tx } from '@licenseoperator/db'
import { rfc3339 } from '@licenseoperator/domain'
import { LicenseIssued, licenseIssuedMessageId } from '@licenseoperator/events'
import type { PreparedLicense } from './prepare-license.ts'

export type IssuedReason = LicenseIssued['reason']

/**
 * Adds the announcement of a paid license to the transaction that stores it. The relay publishes it; its message id is made of the license
 * id, so one license is one event.
 *
 * @param subject  subject of the license-issued event
 */
export async function announceLicense(
  tx: Tx,
  subject: string,
  prepared: PreparedLicense,
  reason: IssuedReason,
  now: Date,
): Promise<void> {
  const { license, signed } = prepared
  const { customerId, checkoutSessionId, invoiceId } = license.stripe
  const event = LicenseIssued.parse({
    licenseId: license.licenseId,
    email: license.email,
    payloadB64: signed.payloadB64,
    signatureB64: signed.signatureB64,
    exp: rfc3339(license.expiresAt),
    plan: license.plan,
    ...(license.domain === undefined ? {} : { domain: license.domain }),
    group: license.groupName,
    stripe: {
      ...(customerId === undefined ? {} : { customerId }),
      ...(checkoutSessionId === undefined ? {} : { checkoutSessionId }),
      ...(invoiceId === undefined ? {} : { invoiceId }),
    },
    productKey: license.productKey,
    ...(license.seats === undefined ? {} : { seats: license.seats }),
    licenseText: license.text,
    keyId: license.keyId,
    ...(license.maintenanceExpiresAt === undefined ? {} : { maintenanceExpiresAt: rfc3339(license.maintenanceExpiresAt) }),
    reason,
    occurredAt: rfc3339(now),
  })
  // A renewed maintenance announces the same license again; only then is its end part of the message's identity.
  const renewedUntil = reason === 'maintenance' ? event.maintenanceExpiresAt : undefined
  const messageId = licenseIssuedMessageId(subject, license.licenseId, renewedUntil)
  await outbox.add(tx, { messageId, subject, payload: Buffer.from(JSON.stringify(event)) }, now)
}
