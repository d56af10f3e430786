export { type ApiConfig, type ApiDeps, createApp } from './app.ts'
export { apiConfigOf, type RunningApi, startApi } from './start-api.ts'
