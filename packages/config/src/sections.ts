import { z } from 'zod'
import { isCron } from './cron.ts'
import { parseDsn } from './dsn.ts'
import {
  address,
  duration,
  flag,
  leaf,
  optionalLeaf,
  optionalText,
  origins,
  readDivided,
  readHttpUrl,
  readOneOf,
  readSecret,
  readText,
  readTextLike,
  readTexts,
  readWebUrl,
  text,
  Wrong,
  whole,
} from './leaf.ts'
import { readPrivatePem, readPublicPem } from './pem.ts'
import { ConfigProductSchema } from './product-schema.ts'
import { isMap } from './read-yaml.ts'
import { Secret } from './secret.ts'

// Keys of the file are snake_case here and nowhere else. Rules between keys stand in check-relations.ts: zod would skip them as soon as
// one key is wrong, and every problem is to be told at once.

const NOT_A_MAP = 'must be a map'
const optionalUrl = optionalLeaf(readWebUrl)
const optionalSlug = optionalLeaf(
  readTextLike({ max: 128, pattern: /^[a-z0-9][a-z0-9._-]*$/, message: 'must be the slug of a product' }),
)

export const subjects = {
  subject_license_issued: 'licenseoperator.license.issued',
  subject_stripe_webhook: 'licenseoperator.stripe.webhook.event',
} as const

/** HS256 wants a key of at least 32 bytes (RFC 7518 §3.2), and a PEM here would be a public key posing as a shared secret. */
const jwtSecret = leaf((value) => {
  if (typeof value !== 'string') return new Wrong('must be text')
  if (Buffer.byteLength(value) < 32) return new Wrong('must have at least 32 bytes')
  return value.includes('-----BEGIN') ? new Wrong('must be a shared secret, not a key in PEM form') : new Secret(value)
})

/** One endpoint secret, or several while one is being rolled. */
const webhookSecrets = leaf((value) => {
  const parts = readDivided(/[\s,]+/)(value)
  if (parts instanceof Wrong) return new Wrong('must be text or a list of text')
  return parts.length === 0 ? new Wrong('must not be empty') : parts.map((part) => new Secret(part))
})

const scopes = leaf((value) => {
  const wrong = new Wrong('must be a map of scope to true or false')
  if (!isMap(value)) return wrong
  const entries = Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean')
  return entries.length === Object.keys(value).length ? Object.fromEntries(entries) : wrong
})

/** Credentials are allowed in it, hence a secret as a whole. */
const natsUrl = leaf((value) => {
  const wrong = new Wrong('must be a nats:// or tls:// URL, such as nats://localhost:4222')
  if (typeof value !== 'string' || !URL.canParse(value.trim())) return wrong
  const { protocol, hostname, pathname, search, hash } = new URL(value.trim())
  const plain = (pathname === '' || pathname === '/') && search === '' && hash === ''
  return (protocol === 'nats:' || protocol === 'tls:') && hostname !== '' && plain ? new Secret(value.trim()) : wrong
})

const subject = leaf(
  readTextLike({
    max: 200,
    pattern: /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/,
    message: 'must be a NATS subject without wildcards',
  }),
)

const mysqlAccount = leaf((value) => {
  const account = typeof value === 'string' ? parseDsn(value.trim()) : undefined
  if (account === undefined)
    return new Wrong('must be user:password@tcp(host:port)/database or mysql://user:password@host:port/database')
  return { ...account, password: new Secret(account.password) }
})

const cron = leaf((value) => {
  const written = readText(value)
  return written instanceof Wrong || !isCron(written) ? new Wrong('must be a cron expression of five fields') : written
})

const pemPair = z
  .object(
    {
      product_key: leaf(readTextLike({ max: 128, lowerCase: true })),
      private_key_pem: leaf(readPrivatePem),
      public_key_pem: optionalLeaf(readPublicPem),
    },
    NOT_A_MAP,
  )
  .transform((pair) => ({ productKey: pair.product_key, privateKeyPem: pair.private_key_pem, publicKeyPem: pair.public_key_pem }))

/** Sections that every program has, all of them with defaults. */
export const commonSections = {
  server: z
    .object(
      {
        addr: address.prefault(':8082'),
        public_base_url: optionalUrl,
        cors_allowed_origins: origins.prefault([]),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({ addr: s.addr, publicBaseUrl: s.public_base_url, corsAllowedOrigins: s.cors_allowed_origins })),
  ingest: z.object({ addr: address.prefault(':8083') }, NOT_A_MAP),
  log: z.object({ level: leaf(readOneOf('debug', 'info', 'warn', 'error')).default('info') }, NOT_A_MAP),
  retention: z
    .object(
      {
        keep_days: whole(0, 36_500).default(30),
        delete_only_trials: flag.default(true),
        schedule_cron: cron.default('0 3 * * *'),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({ keepDays: s.keep_days, deleteOnlyTrials: s.delete_only_trials, scheduleCron: s.schedule_cron })),
  trials: z
    .object(
      {
        enabled: flag.default(true),
        duration_hours: whole(1, 87_600).default(8),
        cooldown_days: whole(0, 36_500).default(0),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({ enabled: s.enabled, durationHours: s.duration_hours, cooldownDays: s.cooldown_days })),
  product_display: z.object({ description: text.default(''), features: leaf(readTexts).default([]) }, NOT_A_MAP),
  license_policy: z
    .object(
      {
        default_plan: leaf(readTextLike({ max: 128, lowerCase: true })).default('subscription'),
        default_term_days: whole(1, 36_500).default(365),
        default_price_locked: flag.default(false),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      defaultPlan: s.default_plan,
      defaultTermDays: s.default_term_days,
      defaultPriceLocked: s.default_price_locked,
    })),
  license: z
    .object(
      {
        file_path: optionalText,
        expected_domain: optionalText,
        grace_days: whole(0, 36_500).default(0),
        // A timer of Node runs at once when its delay passes 2^31 ms, about 596 hours.
        refresh_interval: duration('1s', '500h').prefault('30m'),
        public_key_pem: optionalLeaf(readPublicPem),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      filePath: s.file_path,
      expectedDomain: s.expected_domain,
      graceDays: s.grace_days,
      refreshIntervalMs: s.refresh_interval,
      publicKeyPem: s.public_key_pem,
    })),
}

/** Sections with values that nobody can default. A program asks for those it needs. */
export const requiredSections = {
  security: z
    .array(pemPair, 'must be a list with at least one signing key')
    .min(1, 'must be a list with at least one signing key'),
  internal_auth: z
    .object(
      {
        jwt_secret: jwtSecret,
        issuer: optionalText,
        audience: optionalText,
        required_scopes: scopes.default({}),
        token_ttl: duration('1s', '87600h').prefault('5m'),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      jwtSecret: s.jwt_secret,
      issuer: s.issuer,
      audience: s.audience,
      requiredScopes: s.required_scopes,
      tokenTtlMs: s.token_ttl,
    })),
  stripe: z
    .object(
      {
        api_key: leaf(readSecret),
        webhook_secret: webhookSecrets,
        ensure_webhook: flag.default(false),
        require_group_name: flag.default(true),
        // Without it a checkout has no address to send the customer back to.
        root_app_url: leaf(readWebUrl),
        success_base_url: optionalUrl,
        frontend_base_path: leaf((value) => {
          const path = readText(value)
          return path instanceof Wrong || !/^\/?(?:[\w.~-]+\/?)*$/.test(path)
            ? new Wrong('must be a path such as /billing')
            : path
        }).default(''),
        portal_return_url: optionalUrl,
        sync_products_on_startup: flag.default(false),
        enable_automatic_taxes: flag.default(false),
        trial_period_days: whole(0, 730).default(0),
        default_subscription_slug: optionalSlug,
        default_one_off_slug: optionalSlug,
        maintenance_price_lookup_key: optionalLeaf(readTextLike({ max: 200 })),
        api_base: optionalLeaf(readHttpUrl),
        products: z.array(ConfigProductSchema, 'must be a list of products').default([]),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      apiKey: s.api_key,
      webhookSecrets: s.webhook_secret,
      ensureWebhook: s.ensure_webhook,
      requireGroupName: s.require_group_name,
      rootAppUrl: s.root_app_url,
      successBaseUrl: s.success_base_url ?? s.root_app_url,
      frontendBasePath: s.frontend_base_path,
      portalReturnUrl: s.portal_return_url ?? s.root_app_url,
      syncProductsOnStartup: s.sync_products_on_startup,
      enableAutomaticTaxes: s.enable_automatic_taxes,
      trialPeriodDays: s.trial_period_days,
      defaultSubscriptionSlug: s.default_subscription_slug,
      defaultOneOffSlug: s.default_one_off_slug,
      maintenancePriceLookupKey: s.maintenance_price_lookup_key,
      apiBase: s.api_base,
      products: s.products,
    })),
  nats: z
    .object(
      {
        url: natsUrl,
        subject_license_issued: subject.default(subjects.subject_license_issued),
        subject_stripe_webhook: subject.default(subjects.subject_stripe_webhook),
        license_issued_retention: leaf(readOneOf('limits', 'workqueue')).default('limits'),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      url: s.url,
      subjectLicenseIssued: s.subject_license_issued,
      subjectStripeWebhook: s.subject_stripe_webhook,
      licenseIssuedRetention: s.license_issued_retention,
    })),
  mysql: z
    .object(
      { dsn: mysqlAccount, max_open_conns: whole(1, 10_000).default(10), max_idle_conns: whole(0, 10_000).default(5) },
      NOT_A_MAP,
    )
    .transform((s) => ({ ...s.dsn, maxOpenConns: s.max_open_conns, maxIdleConns: s.max_idle_conns })),
}
