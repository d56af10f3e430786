export { assertMember, assertScope, assertSysadmin, type Caller, isMember, isSysadmin, type Surface, surfaces } from './caller.ts'
export { domainPattern, domainProblem, normaliseDomain, storedDomain } from './cookie-domain.ts'
export type { DisputeStatus } from './dispute-status.ts'
export { DomainError, type ErrorCode, errorCodes, isDomainError } from './error.ts'
export { assertGroup, GroupName, groupKey, isPersonalGroup, personalGroup, refusalOfGroup } from './group.ts'
export {
  hasLicensePrefix,
  LicenseId,
  licenseIdOf,
  looksLikeLicenseId,
  newId,
  newLicenseId,
  paymentKeyOfInvoice,
  ReservationId,
} from './ids.ts'
export { type Log, silentLog } from './log.ts'
export { assertText, characters, cut, refusalOf, shown, text } from './text.ts'
export { addDays, addYears, PERPETUAL_EXPIRY, rfc3339 } from './time.ts'
