import { createStripe, ensureWebhook, syncConfigProducts, syncProducts, WEBHOOK_PATH } from '@licenseoperator/billing'
import type { Config } from '@licenseoperator/config'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, withDatabase } from '../load.ts'
import { printFacts } from '../print.ts'
import { isSet, optionalText } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'

/** A shell can wait longer than an HTTP caller. */
const TIMEOUT_MS = 20_000

function stripeOf({ stripe }: Config<'stripe'>) {
  return createStripe({ apiKey: stripe.apiKey.reveal(), apiBase: stripe.apiBase, timeoutMs: TIMEOUT_MS, maxNetworkRetries: 3 })
}

export const stripe: readonly Command[] = [
  {
    name: 'ensure-webhook',
    description: 'Create or update the webhook endpoint at Stripe; prints its secret when it is new',
    flags: [['--public-url <url>', 'Public origin of the receiver (default server.public_base_url)']],
    run: async (context) => {
      const config = configFor(context, ['stripe'])
      const base = optionalText(context, 'public-url') ?? config.server.publicBaseUrl
      if (base === undefined || !URL.canParse(base))
        throw new UsageError('--public-url or server.public_base_url must be an absolute URL')
      const { warnings, ...ensured } = await ensureWebhook(stripeOf(config), new URL(WEBHOOK_PATH, base).href)
      for (const warning of warnings) context.note(`warning: ${warning}`)
      printFacts(context, { ...ensured })
      return exitCodes.done
    },
  },
  {
    name: 'sync-products',
    description: 'Bring the stored catalog in step with the configuration file, and Stripe in step with the stored catalog',
    flags: [],
    run: async (context) => {
      const config = configFor(context, ['stripe', 'mysql'])
      return withDatabase(config, async ({ db }) => {
        const fromFile = await syncConfigProducts(db, config.stripe.products, context.now())
        const report = await syncProducts({ db, stripe: stripeOf(config), now: context.now }, ({ slug, action, id }) => {
          if (!isSet(context, 'json')) context.note(`${slug}: ${action.replace('_', ' ')} ${id}`)
        })
        const facts = { ...fromFile, products: report.products, stripeChanges: report.actions.length }
        printFacts(context, isSet(context, 'json') ? { ...facts, actions: report.actions } : facts)
        return exitCodes.done
      })
    },
  },
]
