import type { LicenseIssued } from '@licenseoperator/events'
import type { MailKind } from './template/find-template.ts'

/** Why a license is announced, as the unique key of its mail says it. A license's maintenance is renewed many times, and each is another reason. */
export function mailReasonOf({ reason, maintenanceExpiresAt }: LicenseIssued): string {
  return reason === 'maintenance' ? `maintenance:${maintenanceExpiresAt ?? ''}` : reason
}

/** Which templates a mail is written with. Whoever asks for a license again gets the words of a purchase. */
export function mailKindOf(reason: string): MailKind {
  if (reason.startsWith('maintenance:')) return 'maintenance'
  return reason === 'renewal' ? 'renewal' : 'purchase'
}
