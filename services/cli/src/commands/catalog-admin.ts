import { type CatalogAdminDeps, createStripe } from '@licenseoperator/billing'
import { type Caller, silentLog } from '@licenseoperator/domain'
import { noOperatorLicense } from '@licenseoperator/licensing'
import type { Context } from '../context.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'

/** A shell can wait longer than an HTTP caller, but a change is stored before Stripe hears of it. */
const STRIPE_TIMEOUT_MS = 3000

/** Runs a use case of catalog administration as whoever sits at the shell. Running services notice a change within seconds. */
export async function asCatalogAdmin<T>(
  context: Context,
  work: (deps: CatalogAdminDeps, caller: Caller) => Promise<T>,
): Promise<T> {
  const config = configFor(context, ['security', 'stripe', 'mysql'])
  const { apiKey, apiBase } = config.stripe
  return withDatabase(config, ({ db }) =>
    work(
      {
        db,
        stripe: createStripe({ apiKey: apiKey.reveal(), apiBase, timeoutMs: STRIPE_TIMEOUT_MS }),
        operatorLicense: noOperatorLicense,
        productKeys: config.security.map((pair) => pair.productKey),
        requiredScopes: {},
        catalogChanged: () => undefined,
        log: { ...silentLog, warn: (message) => context.note(`warning: ${message}`) },
        now: context.now,
      },
      shellCaller(context),
    ),
  )
}
