import { openDatabase } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { createMetrics } from '@licenseoperator/http'
import { noOperatorLicense } from '@licenseoperator/licensing'
import { createKeyRing } from '@licenseoperator/signing'
import { createStripe } from '@licenseoperator/stripe'
import { createApp, createCatalogView, describeApi } from '../src/index.ts'
import { settings } from './settings.ts'

/** The copy that is in the repository, for those who generate a client without a running service. */
export const committedDescription = new URL('../openapi.json', import.meta.url)

/** An app to be described. Composing one opens nothing, so none of these is ever reached. */
export function descriptionApp(): ReturnType<typeof createApp> {
  return createApp({
    db: openDatabase({ host: '127.0.0.1', port: 9, user: 'none', password: '', database: 'none' }).db,
    stripe: createStripe({ apiKey: 'sk_test_none' }),
    keys: createKeyRing([]),
    operatorLicense: noOperatorLicense,
    catalog: createCatalogView({ announce: () => undefined }),
    config: settings,
    checks: {},
    log: silentLog,
    metrics: createMetrics(),
    now: () => new Date(),
  })
}

/** The description as it is committed. */
export function descriptionText(): string {
  return `${JSON.stringify(describeApi(descriptionApp()), null, 2)}\n`
}
