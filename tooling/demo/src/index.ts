export { download, payOnHostedPage, startCheckout } from './buy.ts'
export { API, CLI, type Environment, freePort, INGEST, startEnvironment } from './environment.ts'
export { type RunningProcess, runToEnd } from './run-process.ts'
