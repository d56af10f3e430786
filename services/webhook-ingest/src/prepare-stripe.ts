import { ensureWebhook, inspectWebhook, reachOf, WEBHOOK_PATH, whyFailed } from '@licenseoperator/billing'
import { syncCatalog } from '@licenseoperator/catalog-admin'
import type { Config } from '@licenseoperator/config'
import type { Db } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import { createStripe } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'

/** Longer than a sync takes, and than a crashed instance's lease lasts. */
const WAIT_FOR_OTHERS_MS = 120_000

/**
 * What the configuration asks for at start: the catalog pushed to Stripe (`stripe.sync_products_on_startup`), by one instance at a time, and the
 * webhook endpoint registered (`stripe.ensure_webhook`) or at least looked at. All of it is safe to repeat.
 *
 * @throws DomainError when Stripe cannot be asked for what the configuration wants done
 */
export async function prepareStripe(config: Config, db: Db, log: Log): Promise<void> {
  const { stripe: settings, server } = config
  const stripe = createStripe({ apiKey: settings.apiKey.reveal(), apiBase: settings.apiBase, maxNetworkRetries: 3 })
  if (settings.syncProductsOnStartup) await syncAtStart(config, db, stripe, log)
  const url = server.publicBaseUrl === undefined ? undefined : new URL(WEBHOOK_PATH, server.publicBaseUrl).href
  if (settings.ensureWebhook && url !== undefined) await ensureAtStart(stripe, url, log)
  else await inspectAtStart(config, stripe, url, log)
}

async function syncAtStart({ stripe: settings }: Config, db: Db, stripe: Stripe, log: Log): Promise<void> {
  const { file, products, actions, refused } = await syncCatalog({ db, stripe, now: () => new Date() }, settings.products, {
    waitMs: WAIT_FOR_OTHERS_MS,
    onWait: () => log.info('another instance is syncing the catalog, waiting for it'),
  })
  for (const { slug, reason } of refused) log.error('a product is not in step with Stripe', { slug, reason })
  log.info('catalog sync is done', { ...file, products, stripeChanges: actions.length, refused: refused.length })
}

async function ensureAtStart(stripe: Stripe, url: string, log: Log): Promise<void> {
  const { id, action, warnings } = await ensureWebhook(stripe, url)
  for (const warning of warnings) log.warn(`webhook endpoint: ${warning}`)
  // Stripe tells the secret once, and a log must not: the command line prints it instead.
  if (action === 'created')
    log.error('a webhook endpoint was created: reveal its secret in the Stripe dashboard and set stripe.webhook_secret', { id })
  else log.info('webhook endpoint is registered', { id, action })
}

/** An upgrade handles event types that the registered endpoint does not send: without a word, nothing would ever happen on them. */
async function inspectAtStart(config: Config, stripe: Stripe, url: string | undefined, log: Log): Promise<void> {
  try {
    const secrets = config.stripe.webhookSecrets.map((secret) => secret.reveal())
    for (const problem of await inspectWebhook(stripe, { url, secrets })) log.warn(`webhook endpoint: ${problem}`)
  } catch (error) {
    // No reason not to start: the receiver works without Stripe's API.
    log.warn('webhook endpoint could not be checked', { reason: whyFailed(error, reachOf(config)) })
  }
}
