export { aStoredLicense } from './a-license.ts'
export { aProduct, aStoredCoupon, aStoredProduct, insertProduct } from './a-product.ts'
export { type CertifiedAccount, createCertifiedAccount } from './certified-account.ts'
export { accountOf, createTestDatabase, type TestDatabase, testMysqlAccount } from './test-database.ts'
