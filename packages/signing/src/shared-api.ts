// What the Node entry and the web entry both offer.
export { checkSeats, type SeatsVerdict } from './check-seats.ts'
export { MAX_LICENSE_LENGTH } from './envelope.ts'
export { type KeyState, keyStates, type RingEntry, type RingKey, type TrustedKeys, type VerificationRing } from './key-ring.ts'
export { type LicensePayload, type LicenseType, licenseTypes, PERPETUAL_EXPIRES_AT } from './license-payload.ts'
export { MalformedLicenseError } from './malformed-license-error.ts'
export { parseLicenseWithoutVerifying, type UnverifiedLicense } from './parse-license.ts'
export { findPem, formatPem, type KeySlot, type PemBlock, type PemProblem } from './pem-text.ts'
export type {
  RevocationList,
  RevocationListOptions,
  RevocationListPayload,
  RevocationListVerdict,
  RevokedLicense,
  UncountedList,
} from './revocation-list.ts'
export { SigningKeyError, type SigningKeyErrorCode } from './signing-key-error.ts'
export type { ClockReason, KeyReason, LicenseStatus, LicenseVerdict, VerifyOptions } from './verdict.ts'
