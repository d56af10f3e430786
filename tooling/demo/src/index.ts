export { download, payOnHostedPage, startCheckout } from './buy.ts'
export { API, CLI, type Environment, type EnvironmentOptions, freePort, INGEST, startEnvironment } from './environment.ts'
export { type RunningProcess, runProcess, runToEnd, waitUntilReady } from './run-process.ts'
export { type Dev, startDev } from './start-dev.ts'
