export { type ApiConfig, type ApiDeps, createApp } from './app.ts'
export { type CatalogView, createCatalogView } from './catalog-view.ts'
export { describeApi } from './describe-api.ts'
export { type ApiSurroundings, type RunningApi, startApi } from './start-api.ts'
