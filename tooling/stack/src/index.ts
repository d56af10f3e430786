export { type AcquireOptions, acquireStack } from './acquire-stack.ts'
export type { ServerControl } from './servers/server-control.ts'
export type { ProviderName, Stack } from './stack.ts'
export { StackUnavailable } from './stack-unavailable.ts'
