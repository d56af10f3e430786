export { download, payOnHostedPage, startCheckout } from './buy.ts'
export { CLI, type Environment, type EnvironmentOptions, freePort, startEnvironment } from './environment.ts'
export { type RunningProcess, runToEnd } from './run-process.ts'
