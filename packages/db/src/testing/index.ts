export { aProduct, insertProduct } from './a-product.ts'
export { createTestDatabase, type TestDatabase, testMysqlAccount } from './test-database.ts'
