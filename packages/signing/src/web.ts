export { createVerificationRing as createKeyRing } from './key-ring.ts'
export * from './shared-api.ts'
export { keyId, loadVerificationKey, type VerificationKey } from './web/load-verification-key.ts'
export { verifyLicense } from './web/verify-license.ts'
