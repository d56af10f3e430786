export { aProduct, insertProduct } from './a-product.ts'
export { type CertifiedAccount, createCertifiedAccount } from './certified-account.ts'
export { aLicense, aPayment, day, type LicenseFields } from './in-days.ts'
export { accountOf, createTestDatabase, type TestDatabase, testMysqlAccount } from './test-database.ts'
