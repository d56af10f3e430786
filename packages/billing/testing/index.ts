export * from './a-history.ts'
export * from './a-shop.ts'
export * from './an-order.ts'
export * from './kinds.ts'
