import { createStripe, ensureWebhook, syncConfigProducts, syncProducts, WEBHOOK_PATH } from '@licenseoperator/billing'
import type { Config } from '@licenseoperator/config'
import type { Db } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'

/**
 * What the configuration asks for at start: the catalog pushed to Stripe (`stripe.sync_products_on_startup`) and the webhook endpoint
 * registered (`stripe.ensure_webhook`). Both are safe to repeat.
 *
 * @throws DomainError when Stripe refuses or cannot be asked
 */
export async function prepareStripe(config: Config, db: Db, log: Log): Promise<void> {
  const { stripe: settings, server } = config
  const stripe = createStripe({ apiKey: settings.apiKey.reveal(), apiBase: settings.apiBase, maxNetworkRetries: 3 })
  if (settings.syncProductsOnStartup) {
    const fromFile = await syncConfigProducts(db, settings.products, new Date())
    const { products, actions } = await syncProducts({ db, stripe, now: () => new Date() })
    log.info('catalog is in step with Stripe', { ...fromFile, products, stripeChanges: actions.length })
  }
  if (settings.ensureWebhook && server.publicBaseUrl !== undefined) {
    const { id, action, warnings } = await ensureWebhook(stripe, new URL(WEBHOOK_PATH, server.publicBaseUrl).href)
    for (const warning of warnings) log.warn(`webhook endpoint ${warning}`)
    // Stripe tells the secret once, and a log must not: the command line prints it instead.
    if (action === 'created')
      log.error('a webhook endpoint was created: reveal its secret in the Stripe dashboard and set stripe.webhook_secret', { id })
    else log.info('webhook endpoint is registered', { id, action })
  }
}
