export { type Announcement, announceLicense, type IssuedReason } from './announce-license.ts'
export { downloadLicense } from './download-license.ts'
export { type DefaultSlugs, findDefaultProduct } from './find-default-product.ts'
export { findLicenses } from './find-licenses.ts'
export { issueManually, type ManualIssue, type ManualIssueRequest } from './issue-manually.ts'
export { licenseStatus } from './license-status.ts'
export { type AuditFilter, type ListedAudit, listAudit } from './list-audit.ts'
export { listGroupLicenses } from './list-group-licenses.ts'
export { lockPurchase, purchaseLockOf } from './lock-purchase.ts'
export { openKeyRing } from './open-key-ring.ts'
export {
  type OperatorLicenseOptions,
  openOperatorLicense,
  type WatchedOperatorLicense,
} from './operator-license/open-operator-license.ts'
export {
  assertOperatorLicense,
  noOperatorLicense,
  type OperatorLicense,
  type OperatorLicenseState,
} from './operator-license/operator-license.ts'
export { type LicenseDraft, type PreparedLicense, prepareLicense } from './prepare-license.ts'
export { renewalsKey, renewedLicenseOf } from './renewals-key.ts'
export { type RevokeDeps, restoreLicense, revokeLicense } from './revoke-license.ts'
export { type SignedRevocationList, signRevocationLists } from './sign-revocation-lists.ts'
export { deriveLicenses } from './state/derive-licenses.ts'
export { isLost } from './state/derive-payments.ts'
export { type RevocationPolicy, type RevocationReason, revocationRules } from './state/license-state.ts'
export { planChangeIssuanceKey, purchaseKeyOf } from './state/supersession.ts'
export { familyOf, type LicenseFamily } from './state/touched.ts'
export { type IssuedTrial, issueTrial, type TrialDeps, type TrialRequest, type TrialRules } from './trial/issue-trial.ts'
