import { ensureWebhook, finishRotation, rotateWebhook, WEBHOOK_PATH } from '@licenseoperator/billing'
import { type CatalogSyncReport, type SyncAction, syncCatalog } from '@licenseoperator/catalog-admin'
import type { Config } from '@licenseoperator/config'
import { createStripe } from '@licenseoperator/stripe'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, withDatabase } from '../load.ts'
import { outputOf } from '../output.ts'
import { printFacts } from '../print.ts'
import { progressBar } from '../progress-bar.ts'
import { isSet, optionalText } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'
import { reconcileCommand } from './reconcile.ts'

/** A shell can wait longer than an HTTP caller. */
const TIMEOUT_MS = 20_000

function stripeOf({ stripe }: Config<'stripe'>) {
  return createStripe({ apiKey: stripe.apiKey.reveal(), apiBase: stripe.apiBase, timeoutMs: TIMEOUT_MS, maxNetworkRetries: 3 })
}

/** Longer than a sync takes, and than the lease of one that was killed lasts. */
const WAIT_FOR_OTHERS_MS = 120_000

const ensureWebhookCommand: Command = {
  name: 'ensure-webhook',
  description: 'Create or update the webhook endpoint at Stripe; prints its secret when it is new',
  details:
    'The endpoint is found by its URL and made to send exactly the events that this release handles. Its secret and its API version change in two steps, --rotate and --finish-rotation, with a change of configuration between them.',
  needs: 'stripe',
  examples: [
    'licenseoperator stripe ensure-webhook --public-url https://licenses.example.com',
    'licenseoperator stripe ensure-webhook --public-url https://licenses.example.com --output json',
  ],
  flags: [
    ['--public-url <url>', 'Public origin of the receiver (default server.public_base_url)'],
    [
      '--rotate',
      'Step 1 to another secret or API version: makes a second endpoint and prints its secret, the old one goes on sending. Then list both secrets in stripe.webhook_secret and restart',
    ],
    ['--finish-rotation', 'Step 2, once both secrets are in force: switches the old endpoint off. Then drop the old secret'],
  ],
  run: async (context) => {
    const config = configFor(context, ['stripe'])
    const base = optionalText(context, 'public-url') ?? config.server.publicBaseUrl
    if (base === undefined || !URL.canParse(base))
      throw new UsageError('--public-url or server.public_base_url must be an absolute URL')
    const url = new URL(WEBHOOK_PATH, base).href
    const { warnings, ...ensured } = await ensureAs(context, config, url)
    for (const warning of warnings) context.note(`warning: ${warning}`, 'warning')
    printFacts(context, { ...ensured })
    if (ensured.action === 'rotated' && outputOf(context) === 'table')
      context.note('now list both secrets in stripe.webhook_secret, restart, and run stripe ensure-webhook --finish-rotation')
    return exitCodes.done
  },
}

function ensureAs(context: Context, config: Config<'stripe'>, url: string) {
  const [rotate, finish] = [isSet(context, 'rotate'), isSet(context, 'finish-rotation')]
  if (rotate && finish)
    throw new UsageError('--rotate and --finish-rotation are two steps, with a change of configuration between them')
  if (rotate) return rotateWebhook(stripeOf(config), url)
  if (!finish) return ensureWebhook(stripeOf(config), url)
  return finishRotation(
    stripeOf(config),
    url,
    config.stripe.webhookSecrets.map((secret) => secret.reveal()),
  )
}

const syncProductsCommand: Command = {
  name: 'sync-products',
  description: 'Bring the stored catalog in step with the configuration file, and Stripe with the stored catalog',
  details:
    'A second run finds nothing to do. Nothing is deleted at Stripe; what Stripe does not take is named, and the rest is synced all the same. ' +
    'After a crash run it again: it goes on where it was.',
  needs: 'stripe, mysql',
  examples: ['licenseoperator stripe sync-products --dry-run', 'licenseoperator stripe sync-products'],
  flags: [
    ['--dry-run', 'Say what would be done; write nothing, neither in MySQL nor at Stripe'],
    ['--adopt', 'Take over prices and products at Stripe that hold a lookup key of the catalog and carry no mark of ours'],
  ],
  run: async (context) => {
    const config = configFor(context, ['stripe', 'mysql'])
    const dryRun = isSet(context, 'dry-run')
    const report = await withDatabase(config, ({ db }) => {
      let progress: ReturnType<typeof progressBar> | undefined
      const deps = { db, stripe: stripeOf(config), now: context.now, dryRun, adopt: isSet(context, 'adopt') }
      return syncCatalog(deps, config.stripe.products, {
        waitMs: WAIT_FOR_OTHERS_MS,
        onWait: () => context.note('another instance is syncing the catalog: waiting for it'),
        onProgress: (done, total) => {
          progress ??= progressBar(context, total)
          if (done > 0) progress.advance(1)
        },
        onAction: (action) => {
          if (outputOf(context) === 'json') return
          context.status?.('')
          context.note(sentenceOf(action, dryRun))
        },
      }).finally(() => progress?.end())
    })
    printReport(context, report, dryRun)
    return report.refused.length === 0 ? exitCodes.done : exitCodes.failed
  },
}

function printReport(context: Context, report: CatalogSyncReport, dryRun: boolean): void {
  const { file, products, actions, refused } = report
  const facts = { ...file, products, stripeChanges: actions.length }
  if (outputOf(context) === 'json') {
    printFacts(context, { ...facts, dryRun, actions, refused })
    return
  }
  printFacts(context, facts)
  for (const { slug, reason } of refused) context.note(`${slug}: not in step, ${reason}`, 'problem')
  if (outputOf(context) === 'table') context.print(conclusionOf(report, dryRun), refused.length > 0 ? 'problem' : 'good')
}

function conclusionOf({ file, products, actions, refused }: CatalogSyncReport, dryRun: boolean): string {
  const changes = file.created.length + file.updated.length + file.deactivated.length + actions.length
  if (refused.length > 0) return `${counted(refused.length, 'refusal')}: the rest is in step`
  if (changes === 0) return `nothing to do: ${counted(products, 'product')} ${products === 1 ? 'is' : 'are'} in step`
  return dryRun
    ? 'dry run: nothing was written'
    : `done: ${counted(products, 'product')} ${products === 1 ? 'is' : 'are'} in step`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** What was done, and what a dry run would do. */
const words = {
  product_created: ['product created', 'create product'],
  product_adopted: ['product adopted', 'adopt product'],
  product_updated: ['product updated', 'update product'],
  product_archived: ['product archived', 'archive product'],
  price_created: ['price created', 'create price'],
  price_adopted: ['price adopted', 'adopt price'],
  price_archived: ['price archived', 'archive price'],
  lookup_key_transferred: ['lookup key transferred to price', 'transfer lookup key to price'],
  coupon_created: ['coupon created', 'create coupon'],
  coupon_adopted: ['coupon adopted', 'adopt coupon'],
  promotion_created: ['promotion code created', 'create promotion code'],
  promotion_adopted: ['promotion code adopted', 'adopt promotion code'],
  promotion_activated: ['promotion code switched on', 'switch promotion code on'],
  promotion_deactivated: ['promotion code switched off', 'switch promotion code off'],
} as const satisfies Record<SyncAction['action'], readonly [done: string, planned: string]>

function sentenceOf({ slug, action, id, detail }: SyncAction, dryRun: boolean): string {
  const [done, planned] = words[action]
  const object = [dryRun ? `would ${planned}` : done, id].filter((part) => part !== undefined).join(' ')
  return `${slug}: ${object}${detail === undefined ? '' : ` (${detail})`}`
}

export const stripe: readonly Command[] = [ensureWebhookCommand, syncProductsCommand, reconcileCommand]
