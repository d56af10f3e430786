export * from './a-counter.ts'
