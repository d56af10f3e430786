import { outbox, type Tx } from '@licenseoperator/db'
import { rfc3339 } from '@licenseoperator/domain'
import { LicenseIssued, licenseIssuedMessageId } from '@licenseoperator/events'
import type { PreparedLicense } from './prepare-license.ts'

export type IssuedReason = LicenseIssued['reason']

export interface Announcement {
  /** Subject of the license-issued event. */
  readonly subject: string
  readonly reason: IssuedReason
  /** Where the API is reached, when the announcement is to say where the license's present state is found. */
  readonly publicBaseUrl: string | undefined
  /**
   * When it was paid. From then on the stream may hold the announcement, also one that our database does not know of because a backup of before was restored:
   * the relay looks for what is older than the stream's duplicate window.
   */
  readonly paidAt: Date
  /** For a renewed maintenance: the end under which it is announced, part of the message's identity. */
  readonly renewedUntil: Date | undefined
}

/**
 * Adds the announcement of a paid license to the transaction that stores it. The relay publishes it; its message id is made of the license
 * id, so one license is one event. A renewed maintenance announces the same license again; only then is an end part of the identity.
 *
 * @param revoked  the license is revoked by what was known before it was made: nobody is told of it unless it becomes good
 */
export async function announceLicense(
  tx: Tx,
  announcement: Announcement,
  prepared: PreparedLicense,
  now: Date,
  revoked = false,
): Promise<void> {
  const message = messageOf(announcement, prepared, now)
  const { paidAt } = announcement
  const since = paidAt < now ? paidAt : now
  if (revoked) await outbox.withhold(tx, prepared.license.licenseId, message, since)
  else await outbox.add(tx, message, since)
}

/** The license-issued event as it goes into the stream, under the one id that it has however often it is made. */
export function messageOf(
  announcement: Announcement,
  prepared: PreparedLicense,
  now: Date,
): Pick<outbox.OutboxMessage, 'messageId' | 'subject' | 'payload'> {
  const { subject, reason, publicBaseUrl, renewedUntil } = announcement
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
    ...(publicBaseUrl === undefined
      ? {}
      : { licenseUrl: new URL(`/authlance/license/${license.licenseId}`, publicBaseUrl).href }),
  })
  const messageId = licenseIssuedMessageId(subject, license.licenseId, renewedUntil && rfc3339(renewedUntil))
  return { messageId, subject, payload: Buffer.from(JSON.stringify(event)) }
}
