import type { CatalogAdminDeps } from '@licenseoperator/catalog-admin'
import { type Caller, silentLog } from '@licenseoperator/domain'
import { openOperatorLicense } from '@licenseoperator/licensing'
import { createStripe } from '@licenseoperator/stripe'
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
  const log = { ...silentLog, warn: (message: string) => context.note(`warning: ${message}`, 'warning') }
  const operatorLicense = await openOperatorLicense({ ...config.license, log, now: context.now })
  try {
    return await withDatabase(config, ({ db }) =>
      work(
        {
          db,
          stripe: createStripe({ apiKey: apiKey.reveal(), apiBase, timeoutMs: STRIPE_TIMEOUT_MS }),
          operatorLicense,
          productKeys: config.security.map((pair) => pair.productKey),
          requiredScopes: {},
          catalogChanged: () => undefined,
          log,
          now: context.now,
        },
        shellCaller(context),
      ),
    )
  } finally {
    operatorLicense.close()
  }
}
