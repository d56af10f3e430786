import { DomainError } from '@licenseoperator/domain'

/** Why a paid purchase cannot be served: the caller throws it, and its event is parked with this reason. */
export function unserved(reason: string): DomainError {
  return new DomainError('invalid_payload', `cannot issue: ${reason}`)
}
