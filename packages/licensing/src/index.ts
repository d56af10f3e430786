export { announceLicense, type IssuedReason } from './announce-license.ts'
export { downloadLicense } from './download-license.ts'
export { type DefaultSlugs, findDefaultProduct } from './find-default-product.ts'
export { issueManually, type ManualIssue, type ManualIssueRequest } from './issue-manually.ts'
export { licenseStatus } from './license-status.ts'
export { listGroupLicenses } from './list-group-licenses.ts'
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
export { type IssuedTrial, issueTrial, type TrialDeps, type TrialRequest, type TrialRules } from './trial/issue-trial.ts'
