import type { notifications } from '@licenseoperator/db'
import { rfc3339 } from '@licenseoperator/domain'
import { z } from 'zod'
import { InstantOut } from './fields.ts'

/** A mail about a license, as administrators see it. */
export const NotificationBody = z
  .object({
    notificationId: z.string(),
    licenseId: z.string(),
    reason: z.string().meta({ description: '`purchase`, `renewal`, `maintenance:{end}` or `resend:{id}`; one mail for each' }),
    recipient: z.string(),
    state: z.enum(['queued', 'sending', 'sent', 'failed', 'dead']).meta({
      description:
        '`failed` is tried again; `sending` may have arrived, and is sent again under the same Message-ID; `dead` is not',
    }),
    attempts: z.int(),
    maybeTwice: z.int().meta({ description: 'Tries that followed one whose outcome nobody knows' }),
    createdAt: InstantOut,
    sentAt: InstantOut.optional(),
    nextAttemptAt: InstantOut.optional(),
    lastError: z.string().optional(),
  })
  .meta({
    id: 'Notification',
    examples: [
      {
        notificationId: 'N-01JB2Q4W6V8X0Z2B4D6F8H0K2M',
        licenseId: 'L-01JB2Q4W6V8X0Z2B4D6F8H0K2M',
        reason: 'resend:N-01JB2Q4W6V8X0Z2B4D6F8H0K2M',
        recipient: 'owner@acme.test',
        state: 'queued',
        attempts: 0,
        maybeTwice: 0,
        createdAt: '2026-03-01T09:30:00Z',
        nextAttemptAt: '2026-03-01T09:30:00Z',
      },
    ],
  })

export function notificationBody(mail: notifications.Notification): z.infer<typeof NotificationBody> {
  const { notificationId, licenseId, reason, recipient, state, attempts, maybeTwice, createdAt, sentAt, nextAttemptAt } = mail
  return {
    ...{ notificationId, licenseId, reason, recipient, state, attempts, maybeTwice, createdAt: rfc3339(createdAt) },
    ...(sentAt === undefined ? {} : { sentAt: rfc3339(sentAt) }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: rfc3339(nextAttemptAt) }),
    ...(mail.lastError === undefined ? {} : { lastError: mail.lastError }),
  }
}
