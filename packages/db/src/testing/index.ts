export { aProduct, insertProduct } from './a-product.ts'
export { accountOf, createTestDatabase, type TestDatabase, testMysqlAccount } from './test-database.ts'
