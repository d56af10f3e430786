export { type ApiConfig, type ApiDeps, createApp } from './app.ts'
export { type CatalogView, createCatalogView } from './catalog-view.ts'
export { apiConfigOf, type RunningApi, startApi } from './start-api.ts'
