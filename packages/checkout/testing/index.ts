export * from './a-counter.ts'
export * from './an-order.ts'
export * from './forget-all.ts'
export * from './kinds.ts'
