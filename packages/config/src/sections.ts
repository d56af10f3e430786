import { z } from 'zod'
import { parseDsn } from './dsn.ts'
import { address, cron, duration, flag, secret, text, webUrl, whole } from './leaf.ts'
import { ConfigProductSchema } from './product-schema.ts'
import { Secret } from './secret.ts'

const optionalUrl = webUrl.optional()
const PRIVATE_PEM = /-----BEGIN (?:RSA )?PRIVATE KEY-----/
const PUBLIC_PEM = /-----BEGIN (?:PUBLIC KEY|CERTIFICATE)-----/

/** HS256 wants a key of at least 32 bytes (RFC 7518 §3.2), and a PEM here would be a public key posing as a shared secret. */
const jwtSecret = z
  .string('must be text')
  .refine((value) => Buffer.byteLength(value) >= 32, 'must have at least 32 bytes')
  .refine((value) => !value.includes('-----BEGIN'), 'must be a shared secret, not a key in PEM form')
  .transform((value) => new Secret(value))

/** One endpoint secret, or several while one is being rolled. */
const webhookSecrets = z
  .union([z.string(), z.array(z.string())], 'must be text or a list of text')
  .transform((value) => (typeof value === 'string' ? value.split(/[\s,]+/) : value).filter((part) => part !== ''))
  .refine((value) => value.length > 0, 'must not be empty')
  .transform((value) => value.map((part) => new Secret(part)))

const textList = z
  .union([z.array(text), z.string().transform((value) => value.split(',').map((part) => part.trim()))], 'must be a list of text')
  .transform((value) => value.filter((part) => part !== ''))

const pemPair = z
  .object({
    product_key: text.toLowerCase().min(1, 'is required').max(128),
    private_key_pem: z
      .string('is required')
      .regex(PRIVATE_PEM, 'must be a private key in PEM form (PKCS#1 or PKCS#8)')
      .transform((value) => new Secret(value)),
    public_key_pem: z.string().regex(PUBLIC_PEM, 'must be a public key in PEM form').optional(),
  })
  .transform((pair) => ({ productKey: pair.product_key, privateKeyPem: pair.private_key_pem, publicKeyPem: pair.public_key_pem }))

const natsUrl = z
  .string('is required')
  .refine(
    (value) => URL.canParse(value) && ['nats:', 'tls:'].includes(new URL(value).protocol),
    'must be a nats:// or tls:// URL',
  )
  .transform((value) => new Secret(value))

const subject = text.regex(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/, 'must be a NATS subject without wildcards')

/** Sections that every program has, all of them with defaults. */
export const commonSections = {
  server: z
    .object({
      addr: address.prefault(':8082'),
      public_base_url: optionalUrl,
      cors_allowed_origins: textList.pipe(z.array(webUrl)).default([]),
    })
    .transform((s) => ({ addr: s.addr, publicBaseUrl: s.public_base_url, corsAllowedOrigins: s.cors_allowed_origins })),
  ingest: z.object({ addr: address.prefault(':8083') }),
  log: z.object({ level: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info') }),
  retention: z
    .object({
      keep_days: whole(0, 36_500).default(30),
      delete_only_trials: flag.default(true),
      schedule_cron: cron.default('0 3 * * *'),
    })
    .transform((s) => ({ keepDays: s.keep_days, deleteOnlyTrials: s.delete_only_trials, scheduleCron: s.schedule_cron })),
  trials: z
    .object({
      enabled: flag.default(true),
      duration_hours: whole(1, 87_600).default(8),
      cooldown_days: whole(0, 36_500).default(0),
    })
    .transform((s) => ({ enabled: s.enabled, durationHours: s.duration_hours, cooldownDays: s.cooldown_days })),
  product_display: z.object({ description: text.default(''), features: textList.default([]) }),
  license_policy: z
    .object({
      default_plan: text.toLowerCase().min(1).default('subscription'),
      default_term_days: whole(1, 36_500).default(365),
      default_price_locked: flag.default(false),
    })
    .transform((s) => ({
      defaultPlan: s.default_plan,
      defaultTermDays: s.default_term_days,
      defaultPriceLocked: s.default_price_locked,
    })),
  license: z
    .object({
      file_path: text.default(''),
      expected_domain: text.default(''),
      grace_days: whole(0, 36_500).default(0),
      refresh_interval: duration.prefault('30m'),
      public_key_pem: z.string().regex(PUBLIC_PEM, 'must be a public key in PEM form').optional(),
    })
    .transform((s) => ({
      filePath: s.file_path === '' ? undefined : s.file_path,
      expectedDomain: s.expected_domain === '' ? undefined : s.expected_domain,
      graceDays: s.grace_days,
      refreshIntervalMs: s.refresh_interval,
      publicKeyPem: s.public_key_pem,
    })),
}

/** Sections with values that nobody can default. A program asks for those it needs. */
export const requiredSections = {
  security: z
    .array(pemPair, 'needs at least one signing key')
    .min(1, 'needs at least one signing key')
    .superRefine((pairs, context) => {
      for (const [index, pair] of pairs.entries()) {
        if (pairs.findIndex((one) => one.productKey === pair.productKey) < index) {
          context.addIssue({ code: 'custom', path: [index, 'product_key'], message: 'is configured twice' })
        }
      }
    }),
  internal_auth: z
    .object({
      jwt_secret: jwtSecret,
      issuer: text.default(''),
      audience: text.default(''),
      required_scopes: z.record(z.string(), flag, 'must be a map of scope to true or false').default({}),
      token_ttl: duration.prefault('5m'),
    })
    .transform((s) => ({
      jwtSecret: s.jwt_secret,
      issuer: s.issuer === '' ? undefined : s.issuer,
      audience: s.audience === '' ? undefined : s.audience,
      requiredScopes: s.required_scopes,
      tokenTtlMs: s.token_ttl,
    })),
  stripe: z
    .object({
      api_key: secret,
      webhook_secret: webhookSecrets,
      ensure_webhook: flag.default(false),
      require_group_name: flag.default(true),
      root_app_url: webUrl,
      success_base_url: optionalUrl,
      frontend_base_path: text.default(''),
      portal_return_url: optionalUrl,
      sync_products_on_startup: flag.default(false),
      enable_automatic_taxes: flag.default(false),
      trial_period_days: whole(0, 730).default(0),
      default_subscription_slug: text.optional(),
      default_one_off_slug: text.optional(),
      maintenance_price_lookup_key: text.optional(),
      api_base: optionalUrl,
      products: z.array(ConfigProductSchema, 'must be a list of products').default([]),
    })
    .superRefine((s, context) => {
      // A live key must not travel to a test double.
      if (s.api_base !== undefined && /^[sr]k_live_/.test(s.api_key.reveal())) {
        context.addIssue({ code: 'custom', path: ['api_base'], message: 'must not be set together with a live key' })
      }
      for (const [index, { product }] of s.products.entries()) {
        if (s.products.findIndex((one) => one.product.slug === product.slug) < index) {
          context.addIssue({ code: 'custom', path: ['products', index, 'slug'], message: 'is used twice' })
        }
      }
    })
    .transform((s) => ({
      apiKey: s.api_key,
      webhookSecrets: s.webhook_secret,
      ensureWebhook: s.ensure_webhook,
      requireGroupName: s.require_group_name,
      rootAppUrl: s.root_app_url,
      successBaseUrl: s.success_base_url,
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
    .object({
      url: natsUrl,
      subject_license_issued: subject.default('licenseoperator.license.issued'),
      subject_stripe_webhook: subject.default('licenseoperator.stripe.webhook.event'),
      license_issued_retention: z.enum(['limits', 'workqueue'], 'must be limits or workqueue').default('limits'),
    })
    .refine((s) => s.subject_license_issued !== s.subject_stripe_webhook, {
      path: ['subject_stripe_webhook'],
      error: 'must differ from subject_license_issued',
    })
    .transform((s) => ({
      url: s.url,
      subjectLicenseIssued: s.subject_license_issued,
      subjectStripeWebhook: s.subject_stripe_webhook,
      licenseIssuedRetention: s.license_issued_retention,
    })),
  mysql: z
    .object({
      dsn: z.string('is required').transform((value, context) => {
        const account = parseDsn(value)
        if (account !== undefined) return { ...account, password: new Secret(account.password) }
        context.addIssue('must be user:password@tcp(host:port)/database or mysql://…')
        return z.NEVER
      }),
      max_open_conns: whole(1, 10_000).default(10),
      max_idle_conns: whole(0, 10_000).default(5),
    })
    .transform((s) => ({ ...s.dsn, maxOpenConns: s.max_open_conns, maxIdleConns: s.max_idle_conns })),
}
