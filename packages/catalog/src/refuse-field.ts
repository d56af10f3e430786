import { DomainError } from '@licenseoperator/domain'

/** The refusal of one field of an administrator's request. */
export function refuseField(field: string, reason: string): DomainError {
  return new DomainError('invalid_payload', `invalid payload: ${field} ${reason}`, { field })
}
